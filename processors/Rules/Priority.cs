namespace Syscribe.Rules;

/// <summary>Falco's priorities, most urgent first; names print as Falco prints them.</summary>
public enum Priority
{
    Emergency,
    Alert,
    Critical,
    Error,
    Warning,
    Notice,
    Informational,
    Debug,
}
