namespace Syscribe.Rules.Loading;

/// <summary>Ends the load of one file.</summary>
internal sealed class LoadException(LoadMessage error) : Exception(error.ToString())
{
    public LoadMessage Error { get; } = error;
}
