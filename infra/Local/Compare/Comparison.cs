using System.Text.Json.Serialization;

namespace Syscribe.Local.Compare;

/// <summary>
/// The same intents by many system calls, under three detectors in one run: the default rules narrowed to the classic calls,
/// the default rules, and the default rules with the model.
/// </summary>
public sealed record Comparison
{
    /// <summary>Each variant, and each invented call.</summary>
    public required IReadOnlyList<VariantReport> Variants { get; init; }

    /// <summary>Sums over the variants that were played: of trained calls, of calls that the narrowed rules do not name, and of invented ones.</summary>
    public required IReadOnlyList<ComparisonTotal> Totals { get; init; }

    /// <summary>Name of the model's file; null without one.</summary>
    public required string? Model { get; init; }

    /// <summary>Why there is no model; null where there is one.</summary>
    public required string? ModelMissing { get; init; }

    /// <summary>Kernel timestamp to the narrowed rules' judgement, to the rules' alert, and to the model's, of alerts of the right rule.</summary>
    public required IReadOnlyDictionary<string, LatencySummary?> LatencyMs { get; init; }
}

/// <summary>What became of one variant.</summary>
/// <param name="Name"><c>INTENT.CALL</c>; of an invented call the name that it was given.</param>
/// <param name="Intent">What was done.</param>
/// <param name="Rule">The default rule that stands for it.</param>
/// <param name="Call">By which call.</param>
/// <param name="Event">The event's type.</param>
/// <param name="Group"><c>trained</c>, <c>unseen</c> or <c>invented</c>.</param>
/// <param name="Where"><c>host</c>, <c>container</c>, or <c>wire</c> for an invented call.</param>
/// <param name="Skipped">Why it was not played; null if it was.</param>
/// <param name="Result">The call's result: SUCCESS, an error's name, or <c>unknown</c> for an io_uring operation; null without an event.</param>
/// <param name="Narrowed">What the narrowed rules said.</param>
/// <param name="Full">What the default rules said.</param>
/// <param name="WithModel">What the default rules and the model said; null without a model.</param>
public sealed record VariantReport(
    string Name,
    string Intent,
    string Rule,
    string Call,
    string Event,
    string Group,
    string Where,
    string? Skipped,
    string? Result,
    SeenBy Narrowed,
    SeenBy Full,
    SeenBy? WithModel);

/// <summary>What a detector said of a variant.</summary>
/// <param name="Right">Whether it raised the intent's rule on one of the variant's own events.</param>
/// <param name="Other">Another rule that it raised on them instead; null for none.</param>
/// <param name="Score">The model's score of the right alert, 0 to 1; null where a rule raised it.</param>
/// <param name="LatencyMs">From the kernel's timestamp to the right alert, milliseconds.</param>
public sealed record SeenBy(bool Right, string? Other, double? Score, double? LatencyMs)
{
    /// <summary>Nothing was said.</summary>
    [JsonIgnore]
    public bool IsSilent => !Right && Other is null;
}

/// <summary>A sum of the comparison.</summary>
/// <param name="Group"><c>trained</c>, <c>unseen</c> or <c>invented</c>.</param>
/// <param name="Variants">Variants that were played and whose event came.</param>
/// <param name="Narrowed">Of them, right by the narrowed rules.</param>
/// <param name="Full">Right by the default rules.</param>
/// <param name="WithModel">Right by the default rules or the model; null without a model.</param>
public sealed record ComparisonTotal(string Group, int Variants, int Narrowed, int Full, int? WithModel);
