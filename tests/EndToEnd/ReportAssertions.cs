using System.Text.Json;

namespace Syscribe.EndToEnd.Tests;

/// <summary>What must hold of every report.</summary>
internal static class ReportAssertions
{
    /// <summary>captured = published + dropped, nothing dropped, and everything published was judged.</summary>
    public static void NothingWasLost(JsonElement report)
    {
        var dropped = report.GetProperty("dropped").EnumerateObject().Sum(cause => cause.Value.GetInt64());
        var published = report.GetProperty("published").GetInt64();
        Assert.True(published > 0, "nothing was captured");
        Assert.Equal(report.GetProperty("captured").GetInt64(), published + dropped);
        Assert.Equal(0, dropped);
        Assert.Equal(published, report.GetProperty("consumed").GetInt64());
    }

    /// <summary>Every attack that this machine can play raised its rule, and most can be played.</summary>
    public static void EveryAttackRaisedItsRule(JsonElement report, string output)
    {
        var played = report.GetProperty("scenarios").EnumerateArray()
            .Where(scenario => scenario.GetProperty("rule").ValueKind != JsonValueKind.Null)
            .Where(scenario => scenario.GetProperty("skipped").ValueKind == JsonValueKind.Null)
            .ToList();
        var missed = played.Where(scenario => !scenario.GetProperty("raised").GetBoolean()).Select(scenario => scenario.GetProperty("name").GetString()).ToList();
        Assert.True(missed.Count == 0, $"missed: {string.Join(", ", missed)}\n{output}");
        Assert.True(played.Count >= 80, $"only {played.Count} could be played\n{output}");
    }

    /// <summary>Alerts that rules raised.</summary>
    public static long RuleAlerts(JsonElement report) =>
        report.GetProperty("alerts").GetProperty("rule").EnumerateObject().Sum(rule => rule.Value.GetInt64());
}
