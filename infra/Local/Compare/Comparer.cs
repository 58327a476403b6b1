using Syscribe.Events;
using Syscribe.Scenarios;

namespace Syscribe.Local.Compare;

/// <summary>Makes the comparison out of what was played, seen and raised.</summary>
internal static class Comparer
{
    /// <summary>Groups of variants, in the order of the totals.</summary>
    public const string Trained = "trained", Unseen = "unseen", Invented = "invented";

    private static readonly SeenBy Silent = new(false, null, null, null);

    /// <param name="played">What was played.</param>
    /// <param name="alertsOn">The alerts that there are on an event, by its run and number.</param>
    /// <param name="model">Name of the model's file; null without one.</param>
    /// <param name="modelMissing">Why there is none; null where there is one.</param>
    public static Comparison Make(
        IReadOnlyList<PlayedVariant> played, Func<long, long, IReadOnlyList<RaisedAlert>> alertsOn, string? model, string? modelMissing)
    {
        var variants = played.Select(one => Report(one, alertsOn, model is not null)).ToList();
        return new Comparison
        {
            Variants = variants,
            Totals = [.. new[] { Trained, Unseen, Invented }.Select(group => Total(group, variants, model is not null))],
            Model = model,
            ModelMissing = modelMissing,
            LatencyMs = new Dictionary<string, LatencySummary?>
            {
                ["narrowed"] = Latency(variants.Select(variant => variant.Narrowed)),
                ["rules"] = Latency(variants.Select(variant => variant.Full)),
                ["model"] = Latency(variants.Where(variant => !variant.Full.Right).Select(variant => variant.WithModel ?? Silent)),
            },
        };
    }

    private static VariantReport Report(PlayedVariant played, Func<long, long, IReadOnlyList<RaisedAlert>> alertsOn, bool withModel)
    {
        var variant = played.Variant;
        var rule = variant.Rule;
        var alerts = played.Sightings.SelectMany(sighting => alertsOn(sighting.Event.Run, sighting.Event.Seq)).ToList();
        var full = Seen(rule, alerts.Where(alert => !alert.ByModel));
        return new VariantReport(
            played.IsInvented ? $"{variant.Intent}.{played.Call}" : variant.Name,
            variant.Intent,
            rule,
            played.Call,
            played.IsInvented ? played.Call : variant.Event,
            played.IsInvented ? Invented : variant.IsTrained ? Trained : Unseen,
            played.IsInvented ? "wire" : variant.Where.ToString().ToLowerInvariant(),
            Skipped(played),
            played.Sightings is [.., var last] ? Result(last.Event) : null,
            Narrowed(rule, played.Sightings),
            full,
            !withModel ? null : full.Right ? full : Seen(rule, alerts));
    }

    private static string? Skipped(PlayedVariant played) => played.Result switch
    {
        { Outcome: ScenarioOutcome.Skipped } skipped => skipped.Reason,
        { Outcome: ScenarioOutcome.Failed } failed => "failed: " + failed.Reason,
        _ when played.Sightings.Count == 0 => "its event did not come",
        _ => null,
    };

    private static SeenBy Narrowed(string rule, IReadOnlyList<Sighting> sightings) =>
        sightings.FirstOrDefault(sighting => sighting.Narrowed == rule) is { } right ? new(true, null, null, Round(right.NarrowedMs))
        : new(false, sightings.FirstOrDefault(sighting => sighting.Narrowed is not null)?.Narrowed, null, null);

    private static SeenBy Seen(string rule, IEnumerable<RaisedAlert> alerts)
    {
        var all = alerts.ToList();
        return all.Find(alert => alert.Rule == rule) is { } right ? new(true, null, right.Score, right.LatencyMs is { } ms ? Round(ms) : null)
            : new(false, all.FirstOrDefault()?.Rule, null, null);
    }

    private static ComparisonTotal Total(string group, IEnumerable<VariantReport> variants, bool withModel)
    {
        var played = variants.Where(variant => variant.Group == group && variant.Skipped is null).ToList();
        return new(
            group,
            played.Count,
            played.Count(variant => variant.Narrowed.Right),
            played.Count(variant => variant.Full.Right),
            withModel ? played.Count(variant => variant.WithModel!.Right) : null); // each has one where there is a model
    }

    private static LatencySummary? Latency(IEnumerable<SeenBy> seen) =>
        LatencySummary.Of([.. seen.Where(one => one is { Right: true, LatencyMs: not null }).Select(one => one.LatencyMs!.Value)]);

    private static string Result(SyscallEvent e) => e.Return switch
    {
        null => "unknown",
        >= 0 => "SUCCESS",
        var error => ErrorName(e, error.Value),
    };

    // The agent says an error's name in the parameter that holds the result.
    private static string ErrorName(SyscallEvent e, long error) =>
        e.Params.Where(param => param.Name.Span.SequenceEqual("res"u8) && !param.Resolved.IsNull).Select(param => param.Resolved.ToString())
            .FirstOrDefault() ?? $"errno {-error}";

    private static double Round(double ms) => Math.Round(ms, 3);
}
