using System.Text.Json;
using Syscribe.Local.Model;

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

    internal static readonly InferenceReport Inference = new()
    {
        Model = "small.gguf",
        Digest = "d1",
        Selected = new Dictionary<string, long> { ["unregistered"] = 1500, ["novel"] = 20 },
        LeftRepeated = 7000,
        LeftBusy = 500,
        Judged = 1515,
        NotJudged = 5,
        FromCache = 900, Contradicted = 3,
        ReductionRatio = 0.00123,
        Alerts = 30,
        OnlyModel = 29,
        DeadLetters = 0,
        Running = 3,
        PrefillTokens = 40_000,
        DecodeTokens = 2_000,
        TokensPerStep = 99.6,
        ModelSeconds = 10,
        LatencyMs = new LatencySummary(40.2, 400, 30),
    };

    [Fact]
    public void The_summary_accounts_for_every_suspect() => Assert.Equal(
        [
            "model small.gguf: 30 alerts, 29 that no rule raised; latency from kernel to alert topic: p50 40 ms, p99 400 ms; 3 more that their events contradict and nobody raised",
            "  suspects 1,500 unregistered + 20 novel = judged 1,515 (900 from cache) + not judged yet 5; left out: 7,000 repeated within 10 s, 500 while the model was behind",
            "  an inference for 0.12 % of the events; 4,000 prefill and 200 decode tokens a second of 10.0 s in the model, 100 tokens a step",
        ],
        Summary.Of(Report with { Inference = Inference }).Where(line => !Summary.Of(Report).Contains(line)));

    [Fact]
    public void It_is_written_with_the_names_that_README_gives()
    {
        var path = Path.GetTempFileName();
        try
        {
            (Report with { Inference = Inference }).Write(new FileInfo(path));
            var json = JsonDocument.Parse(File.ReadAllText(path)).RootElement;

            Assert.Equal(12, json.GetProperty("captured").GetInt64());
            Assert.Equal(2, json.GetProperty("dropped").GetProperty("ring_full").GetInt64());
            Assert.Equal(3, json.GetProperty("alerts").GetProperty("rule").GetProperty("A rule").GetInt64());
            Assert.Equal(9, json.GetProperty("latencyMs").GetProperty("p99").GetDouble());
            Assert.Equal(20, json.GetProperty("inference").GetProperty("selected").GetProperty("novel").GetInt64());
            Assert.Equal(5, json.GetProperty("inference").GetProperty("notJudged").GetInt64());
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
