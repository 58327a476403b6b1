using Syscribe.Events;
using Syscribe.Local.Compare;
using Syscribe.Rules;
using Syscribe.Scenarios;

namespace Syscribe.Local.Tests.Compare;

public sealed class ComparerTests
{
    private static readonly Variant Classic = VariantCatalog.Find("secret-read.open")!;
    private static readonly Variant Unseen = VariantCatalog.Find("secret-read.io_uring.openat-in-container")!;

    [Fact]
    public void An_alert_counts_only_on_the_variant_s_own_event_and_of_its_intent_s_rule()
    {
        var right = Of(Classic, seq: 1, narrowed: Classic.Rule);
        var wrong = Of(Unseen, seq: 2, narrowed: null);
        var comparison = Make([right, wrong], (1, new RaisedAlert(false, Classic.Rule, null, 5)), (2, new RaisedAlert(false, "Another rule", null, 6)), (3, new RaisedAlert(false, Unseen.Rule, null, 7)));

        var (open, ring) = (comparison.Variants[0], comparison.Variants[1]);
        Assert.Equal(("trained", "host", "SUCCESS"), (open.Group, open.Where, open.Result));
        Assert.Equal((true, true), (open.Narrowed.Right, open.Full.Right));
        Assert.Equal(("unseen", "container", "unknown"), (ring.Group, ring.Where, ring.Result));
        Assert.Equal((false, false, "Another rule"), (ring.Narrowed.Right, ring.Full.Right, ring.Full.Other));
    }

    [Fact]
    public void The_model_counts_where_no_rule_was_right_and_leaves_the_rules_columns_alone()
    {
        var comparison = Make(
            [Of(Classic, 1, Classic.Rule), Of(Unseen, 2, null)],
            (1, new RaisedAlert(false, Classic.Rule, null, 5)),
            (1, new RaisedAlert(true, Classic.Rule, 0.7, 9)),
            (2, new RaisedAlert(true, Unseen.Rule, 0.9, 80)));

        Assert.Equal((true, null, 5d), (comparison.Variants[0].WithModel!.Right, comparison.Variants[0].WithModel!.Score, comparison.Variants[0].WithModel!.LatencyMs));
        Assert.False(comparison.Variants[1].Full.Right);
        Assert.Equal((true, 0.9), (comparison.Variants[1].WithModel!.Right, comparison.Variants[1].WithModel!.Score));
        Assert.Equal(
            [new("trained", 1, 1, 1, 1), new("unseen", 1, 0, 0, 1), new ComparisonTotal("invented", 0, 0, 0, 0)],
            comparison.Totals);
        Assert.Equal(80, comparison.LatencyMs["model"]!.P99);
        Assert.Equal(5, comparison.LatencyMs["rules"]!.P99);
    }

    [Fact]
    public void What_was_not_played_is_said_and_counted_nowhere()
    {
        var skipped = new PlayedVariant(Classic, "open", Result(Classic, ScenarioOutcome.Skipped, "needs root"), []);
        var silent = new PlayedVariant(Unseen, "io_uring.openat", Result(Unseen, ScenarioOutcome.Played, null), []);

        var comparison = Make([skipped, silent]);

        Assert.Equal(["needs root", "its event did not come"], comparison.Variants.Select(variant => variant.Skipped));
        Assert.All(comparison.Totals, total => Assert.Equal(0, total.Variants));
        Assert.Contains(ComparisonTable.Of(comparison), line => line == "  not played, needs root: secret-read.open");
    }

    [Fact]
    public void Without_a_model_its_column_is_empty_and_the_reason_is_said()
    {
        var comparison = Comparer.Make([Of(Classic, 1, Classic.Rule)], (_, _) => [], null, "none was given");

        Assert.Null(comparison.Variants[0].WithModel);
        Assert.All(comparison.Totals, total => Assert.Null(total.WithModel));
        Assert.Equal("the column of the model is missing: none was given", ComparisonTable.Of(comparison)[^1]);
    }

    [Fact]
    public void The_table_has_a_line_for_each_call_with_host_and_container_beside_each_other()
    {
        var lines = ComparisonTable.Of(Make(
            [Of(Classic, 1, Classic.Rule), Of(Unseen, 2, null)],
            (1, new RaisedAlert(false, Classic.Rule, null, 5)),
            (2, new RaisedAlert(true, Unseen.Rule, 0.9, 80))));

        Assert.Contains("secret-read: Secret file read by an unexpected program", lines);
        Assert.Contains("  open *                  rule     rule     rule", lines);
        Assert.Contains("  io_uring.openat                                      -        -        llm 0.90", lines);
    }

    [Fact]
    public void What_is_not_captured_is_of_no_rule_and_no_variant()
    {
        var rules = RuleLoader.Load([DefaultRules.Source]).RuleSet!;

        Assert.Empty(CompareRun.LeftOut.Intersect(VariantCatalog.All.Select(variant => variant.Event)));
        Assert.All(CompareRun.LeftOut, call => Assert.False(rules.Names(Utf8.From(call)), call));
    }

    [Fact]
    public void A_recording_has_a_label_for_each_event_in_its_order()
    {
        var file = new FileInfo(Path.Combine(Path.GetTempPath(), $"variants-{Guid.NewGuid():N}.avro"));
        try
        {
            VariantRecording.Write(file, [Of(Classic, 1, null), Of(Unseen, 2, null)]);

            using var reader = new SyscallEventFileReader(file.FullName);
            var e = new SyscallEvent();
            var read = new List<(string, long)>();
            while (reader.Read(e))
            {
                read.Add((e.Type.ToString(), e.Seq));
            }

            Assert.Equal([("open", 1L), ("io_uring.openat", 2L)], read);
            var labels = System.Text.Json.JsonDocument.Parse(File.ReadAllText(file.FullName + ".labels.json")).RootElement.GetProperty("events").EnumerateArray();
            Assert.Equal(
                [(1L, Classic.Rule, "trained"), (2L, Unseen.Rule, "unseen")],
                labels.Select(label => (label.GetProperty("seq").GetInt64(), label.GetProperty("rule").GetString()!, label.GetProperty("group").GetString()!)));
        }
        finally
        {
            file.Delete();
            File.Delete(file.FullName + ".labels.json");
        }
    }

    private static Comparison Make(IReadOnlyList<PlayedVariant> played, params (long Seq, RaisedAlert Alert)[] alerts) =>
        Comparer.Make(played, (_, seq) => [.. alerts.Where(alert => alert.Seq == seq).Select(alert => alert.Alert)], "model.gguf", null);

    private static PlayedVariant Of(Variant variant, long seq, string? narrowed)
    {
        var e = new SyscallEvent
        {
            Type = Utf8.From(variant.Event),
            Node = Utf8.From("node"),
            Run = 7,
            Seq = seq,
            Return = variant.Result == VariantResult.Unknown ? null : 3,
        };
        return new PlayedVariant(variant, variant.Call, Result(variant, ScenarioOutcome.Played, null), [new Sighting(e, narrowed, 2)]);
    }

    private static ScenarioResult Result(Variant variant, ScenarioOutcome outcome, string? reason) =>
        new(variant.Name, variant.Rule, outcome, reason, 1, 2, []);
}
