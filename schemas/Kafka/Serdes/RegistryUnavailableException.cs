namespace Syscribe.Kafka;

/// <summary>The schema registry did not answer, or answered with a failure of its own: worth trying again, and no fault of the record.</summary>
public sealed class RegistryUnavailableException : Exception
{
    public RegistryUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
