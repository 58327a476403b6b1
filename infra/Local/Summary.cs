using System.Globalization;
using Syscribe.Local.View;

namespace Syscribe.Local;

/// <summary>The last words of a run.</summary>
internal static class Summary
{
    public static void Print(Report report, IRunView view)
    {
        var dropped = string.Join(", ", report.Dropped.Where(d => d.Value > 0).Select(d => $"{d.Value} {d.Key}"));
        view.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"captured {report.Captured:N0} = published {report.Published:N0} + dropped {report.Dropped.Values.Sum():N0}{(dropped.Length > 0 ? $" ({dropped})" : "")}; consumed {report.Consumed:N0}; peak memory {report.PeakResidentBytes >> 20} MiB"));
        foreach (var (detector, rules) in report.Alerts)
        {
            view.Note(string.Create(CultureInfo.InvariantCulture, $"alerts by {detector}: {rules.Values.Sum():N0} of {rules.Count} rules"));
        }

        if (report.LatencyMs is { } latency)
        {
            view.Note(string.Create(CultureInfo.InvariantCulture, $"latency from kernel to alert topic: p50 {latency.P50:F1} ms, p99 {latency.P99:F1} ms"));
        }

        Scenarios(report.Scenarios, view);
    }

    private static void Scenarios(IReadOnlyList<ScenarioReport> scenarios, IRunView view)
    {
        if (scenarios.Count == 0)
        {
            return;
        }

        var attacks = scenarios.Where(s => s.Rule is not null && s.Skipped is null).ToList();
        view.Note($"scenarios: {attacks.Count(s => s.Raised)} of {attacks.Count} raised their rule, {scenarios.Count(s => s.Skipped is not null)} not played");
        foreach (var scenario in scenarios)
        {
            if (scenario.Skipped is { } reason)
            {
                view.Note($"  not played: {scenario.Name}: {reason}");
            }
            else if (!scenario.AsExpected)
            {
                view.Note(scenario.Rule is { } rule ? $"  MISSED: {scenario.Name}: no alert of \"{rule}\"" : $"  FALSE ALERT during {scenario.Name}");
            }
        }
    }
}
