namespace Syscribe.Rules.Syntax;

/// <summary>A condition that does not parse or does not type-check, and where: a character index in its text.</summary>
public sealed class SyntaxException(string message, int position) : Exception(message)
{
    /// <summary>Character index in the condition's text.</summary>
    public int Position { get; } = position;
}
