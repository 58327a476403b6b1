namespace Syscribe.Rules;

/// <summary>What a load made of its files.</summary>
public sealed class RuleLoadResult
{
    /// <summary>The rules; null where there is an error.</summary>
    public RuleSet? RuleSet { get; init; }

    /// <summary>What makes the files unusable. A file stops at its first error; the others go on.</summary>
    public required IReadOnlyList<LoadMessage> Errors { get; init; }

    /// <summary>What is suspicious or ignored.</summary>
    public required IReadOnlyList<LoadMessage> Warnings { get; init; }

    /// <summary>Number of rules defined, active or not.</summary>
    public int RuleCount { get; init; }

    /// <summary>Number of macros defined.</summary>
    public int MacroCount { get; init; }

    /// <summary>Number of lists defined.</summary>
    public int ListCount { get; init; }

    /// <summary>Compiles single conditions with this load's lists and macros; null where they have errors.</summary>
    internal Loading.ConditionScope? Scope { get; init; }

    /// <summary>Whether there is no error.</summary>
    public bool IsValid => Errors.Count == 0;
}
