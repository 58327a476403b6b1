using System.Globalization;

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

        Scenarios(report.Scenarios, lines);
        return lines;
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
