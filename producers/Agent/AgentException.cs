namespace Syscribe.Agent;

/// <summary>The agent cannot start or go on; the message says what failed and what to do.</summary>
public sealed class AgentException : Exception
{
    public AgentException(string message)
        : base(message)
    {
    }

    public AgentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
