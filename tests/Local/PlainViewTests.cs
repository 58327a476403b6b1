using Syscribe.Events;
using Syscribe.Local.View;

namespace Syscribe.Local.Tests;

public sealed class PlainViewTests
{
    private static readonly Snapshot Quiet = new()
    {
        Elapsed = TimeSpan.FromSeconds(10),
        EventsPerSecond = 1234.6,
        Captured = 2000,
        Published = 1990,
        Consumed = 1980,
        Dropped = new Dictionary<string, long> { ["ring_full"] = 0 },
        Alerts = 2,
        DeadLetters = 0,
        ScenariosPlayed = 1,
        ScenariosTotal = 3,
        ResidentBytes = 300L << 20,
    };

    [Fact]
    public void The_state_is_one_line_with_units_and_drops_by_cause()
    {
        Assert.Equal(
            "00:00:10  1,235 events/s  captured 2,000  published 1,990  consumed 1,980  dropped 0  alerts 2  scenarios 1/3  300 MiB",
            PlainView.Describe(Quiet));
        Assert.Contains(
            "dropped ring_full 7 ",
            PlainView.Describe(Quiet with { Dropped = new Dictionary<string, long> { ["ring_full"] = 7, ["corrupt"] = 0 } }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_is_written_every_ten_seconds_only()
    {
        var output = new StringWriter();
        using var view = new PlainView(output);

        foreach (var second in (int[])[1, 9, 10, 11, 19, 20])
        {
            view.Show(Quiet with { Elapsed = TimeSpan.FromSeconds(second) });
        }

        Assert.Equal(2, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void What_the_model_does_is_a_line_of_its_own() => Assert.Equal(
        "  model  suspects 1,500 unregistered + 20 novel  queue 5  batch 3  4,000 prefill/s  200 decode/s  from cache 900  left out 7,500  an inference for 0.12 % of the events  alerts 30  latency p50 40 ms p99 400 ms",
        PlainView.Describe(ReportTests.Inference, (4000, 200)));

    [Fact]
    public void An_alert_of_the_model_where_a_rule_alerted_says_both()
    {
        var alert = new AlertRecord { TimeNs = 0, Detector = Detector.Llm, Priority = AlertPriority.Warning, Rule = "A rule", Message = "text" };

        Assert.EndsWith(" Warning       both A rule: text", AlertLine.Of(alert, null, both: true).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_alert_is_one_line_with_who_saw_it()
    {
        var alert = new AlertRecord { TimeNs = 0, Detector = Detector.Llm, Priority = AlertPriority.Informational, Rule = "A rule", Message = "text" };

        var line = AlertLine.Of(alert, 12.34).ToString();

        Assert.EndsWith(" Informational llm  A rule: text  12.3 ms", line, StringComparison.Ordinal);
    }
}
