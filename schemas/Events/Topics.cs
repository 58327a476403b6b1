namespace Syscribe.Events;

/// <summary>Topic names. A new major form of a record gets a new topic; fields are only ever added with a default.</summary>
public static class Topics
{
    /// <summary>Every captured event, keyed by node and process id: <c>NODE/PID</c>.</summary>
    public const string Syscalls = "syscalls.v1";

    /// <summary>Alerts of rules and model, keyed by alert id.</summary>
    public const string Alerts = "alerts.v1";

    /// <summary>Events for the model, keyed by behaviour signature.</summary>
    public const string Suspects = "suspects.v1";

    /// <summary>Where records of <paramref name="topic"/> go that could not be handled.</summary>
    public static string DeadLetters(string topic) => topic + ".dead";
}
