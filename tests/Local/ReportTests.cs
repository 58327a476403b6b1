using System.Text.Json;

namespace Syscribe.Local.Tests;

public sealed class ReportTests
{
    private static readonly Report Report = new()
    {
        Captured = 12,
        Published = 10,
        Consumed = 10,
        Dropped = new Dictionary<string, long> { ["ring_full"] = 2, ["corrupt"] = 0 },
        Alerts = new Dictionary<string, IReadOnlyDictionary<string, long>> { ["rule"] = new Dictionary<string, long> { ["A rule"] = 3 } },
        LatencyMs = new LatencySummary(1.5, 9, 3),
        Scenarios =
        [
            new("seen", "A rule", Raised: true, Skipped: null),
            new("missed", "Another rule", Raised: false, Skipped: null),
            new("absent", "A rule", Raised: false, Skipped: "needs runc"),
            new("quiet", null, Raised: false, Skipped: null),
            new("loud", null, Raised: true, Skipped: null),
        ],
        FirstAlertSeconds = 0.5,
        PeakResidentBytes = 1 << 20,
    };

    [Fact]
    public void It_is_written_with_the_names_that_README_gives()
    {
        var path = Path.GetTempFileName();
        try
        {
            Report.Write(new FileInfo(path));
            var json = JsonDocument.Parse(File.ReadAllText(path)).RootElement;

            Assert.Equal(12, json.GetProperty("captured").GetInt64());
            Assert.Equal(2, json.GetProperty("dropped").GetProperty("ring_full").GetInt64());
            Assert.Equal(3, json.GetProperty("alerts").GetProperty("rule").GetProperty("A rule").GetInt64());
            Assert.Equal(9, json.GetProperty("latencyMs").GetProperty("p99").GetDouble());
            Assert.True(json.GetProperty("scenarios")[0].GetProperty("raised").GetBoolean());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_summary_names_what_was_dropped_missed_and_not_played() => Assert.Equal(
        [
            "captured 12 = published 10 + dropped 2 (2 ring_full); consumed 10; peak memory 1 MiB",
            "alerts by rule: 3 of 1 rules",
            "latency from kernel to alert topic: p50 1.5 ms, p99 9.0 ms",
            "scenarios: 1 of 2 raised their rule, 1 not played",
            "  not played, needs runc: absent",
            "  MISSED: missed: no alert of \"Another rule\"",
            "  an alert came while loud was played, which is benign; it may be another program's",
        ],
        Summary.Of(Report));
}
