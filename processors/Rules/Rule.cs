using Syscribe.Rules.Syntax;

namespace Syscribe.Rules;

/// <summary>A rule as loaded. Immutable.</summary>
public sealed class Rule
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about.</summary>
    public required string Description { get; init; }

    /// <summary>How urgent a match is.</summary>
    public required Priority Priority { get; init; }

    /// <summary>Tags, sorted and unique.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Event source: <c>syscall</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whether it is evaluated: enabled and urgent enough.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The output format, suggested fields included.</summary>
    public required OutputTemplate Output { get; init; }

    /// <summary>The condition as written, exceptions included.</summary>
    public required string ConditionText { get; init; }

    /// <summary>The condition with lists and macros replaced.</summary>
    public required Node Condition { get; init; }

    /// <summary>Where it was defined, as <c>file:line:column</c>.</summary>
    public required string Location { get; init; }

    /// <summary>Event types that the condition can match, sorted; null where it can match any.</summary>
    public IReadOnlyList<string>? EventTypes { get; internal set; }

    /// <summary>Position in definition order, from 0.</summary>
    internal int Index { get; set; }

    internal Evaluation.Predicate Predicate { get; set; } = Evaluation.ConstPredicate.False;

    /// <summary>The same rule with another condition.</summary>
    internal Rule With(Node condition, Evaluation.Predicate predicate, int index) => new()
    {
        Name = Name,
        Description = Description,
        Priority = Priority,
        Tags = Tags,
        Source = Source,
        Enabled = Enabled,
        Output = Output,
        ConditionText = ConditionPrinter.Print(condition),
        Condition = condition,
        Location = Location,
        Index = index,
        Predicate = predicate,
    };

    /// <summary>A rule set of this rule only, enabled or not: what it costs and matches on its own.</summary>
    public RuleSet Alone()
    {
        var options = new RuleLoadOptions { SuggestedOutput = false };
        Rule[] rules = [this];
        return new RuleSet(rules, new Evaluation.PlanBuilder(new Evaluation.PredicatePool(), rules, includeDisabled: true).Build(), options);
    }

    /// <inheritdoc />
    public override string ToString() => Name;
}
