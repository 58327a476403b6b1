using Syscribe.Rules.Fields;

namespace Syscribe.Rules;

/// <summary>How many rules may match one event.</summary>
public enum RuleMatching
{
    /// <summary>The first in definition order; Falco's default.</summary>
    First,

    /// <summary>Every one.</summary>
    All,
}

/// <summary>What a load does beyond its files.</summary>
public sealed record RuleLoadOptions
{
    /// <summary>Least urgent priority that is active. Default Debug: all.</summary>
    public Priority MinimumPriority { get; init; } = Priority.Debug;

    /// <summary>Default First.</summary>
    public RuleMatching Matching { get; init; } = RuleMatching.First;

    /// <summary>Whether rules that ship disabled are active too. Default false.</summary>
    public bool EnableAll { get; init; }

    /// <summary>Whether outputs end in the container and Kubernetes fields that Falco's container plugin suggests. Default true.</summary>
    public bool SuggestedOutput { get; init; } = true;

    /// <summary>Answers domain names in conditions; null for none.</summary>
    public IDomainResolver? Resolver { get; init; }
}
