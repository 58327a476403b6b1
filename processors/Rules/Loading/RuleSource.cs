namespace Syscribe.Rules;

/// <summary>A rule file's text and the name under which messages call it.</summary>
public sealed record RuleSource(string Name, string Text);
