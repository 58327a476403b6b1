using System.Globalization;
using Syscribe.Local.Compare;
using Syscribe.Local.Model;

namespace Syscribe.Local;

/// <summary>The last words of a run.</summary>
internal static class Summary
{
    public static IReadOnlyList<string> Of(Report report)
    {
        var lines = new List<string>();
        var dropped = string.Join(", ", report.Dropped.Where(d => d.Value > 0).Select(d => $"{d.Value} {d.Key}"));
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"captured {report.Captured:N0} = published {report.Published:N0} + dropped {report.Dropped.Values.Sum():N0}{(dropped.Length > 0 ? $" ({dropped})" : "")}; consumed {report.Consumed:N0}; peak memory {report.PeakResidentBytes >> 20} MiB"));
        foreach (var (detector, rules) in report.Alerts)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"alerts by {detector}: {rules.Values.Sum():N0} of {rules.Count} rules"));
        }

        if (report.LatencyMs is { } latency)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"latency from kernel to alert topic: p50 {latency.P50:F1} ms, p99 {latency.P99:F1} ms"));
        }

        if (report.Inference is { } inference)
        {
            Inference(inference, lines);
        }

        Scenarios(report.Scenarios, lines);
        if (report.Comparison is { } comparison)
        {
            lines.AddRange(ComparisonTable.Of(comparison));
        }

        return lines;
    }

    private static void Inference(InferenceReport model, List<string> lines)
    {
        var latency = model.LatencyMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"; latency from kernel to alert topic: p50 {ms.P50:N0} ms, p99 {ms.P99:N0} ms") : "";
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"model {model.Model}: {model.Alerts:N0} alerts, {model.OnlyModel:N0} that no rule raised{latency}; {model.Contradicted:N0} more that their events contradict and nobody raised"));
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"  suspects {string.Join(" + ", model.Selected.Where(s => s.Value > 0).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Value:N0} {s.Key}")).DefaultIfEmpty("0"))} = judged {model.Judged:N0} ({model.FromCache:N0} from cache) + not judged yet {model.NotJudged:N0}; left out: {model.LeftRepeated:N0} repeated within 10 s, {model.LeftBusy:N0} while the model was behind"));
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"  an inference for {model.ReductionRatio:P2} of the events; {model.PrefillTokens / Math.Max(0.001, model.ModelSeconds):N0} prefill and {model.DecodeTokens / Math.Max(0.001, model.ModelSeconds):N0} decode tokens a second of {model.ModelSeconds:N1} s in the model, {model.TokensPerStep:N0} tokens a step"));
    }

    private static void Scenarios(IReadOnlyList<ScenarioReport> scenarios, List<string> lines)
    {
        if (scenarios.Count == 0)
        {
            return;
        }

        var attacks = scenarios.Where(s => s.Rule is not null && s.Skipped is null).ToList();
        lines.Add($"scenarios: {attacks.Count(s => s.Raised)} of {attacks.Count} raised their rule, {scenarios.Count(s => s.Skipped is not null)} not played");
        foreach (var reason in scenarios.Where(s => s.Skipped is not null).GroupBy(s => s.Skipped))
        {
            lines.Add($"  not played, {reason.Key}: {string.Join(", ", reason.Select(s => s.Name))}");
        }

        foreach (var scenario in scenarios.Where(s => !s.AsExpected))
        {
            lines.Add($"  MISSED: {scenario.Name}: no alert of \"{scenario.Rule}\"");
        }

        foreach (var scenario in scenarios.Where(s => s.Rule is null && s.Raised))
        {
            lines.Add($"  an alert came while {scenario.Name} was played, which is benign; it may be another program's");
        }
    }
}
