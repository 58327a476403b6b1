using System.Text.Json;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Testing;

namespace Syscribe.EndToEnd.Tests;

/// <summary>The whole of <c>infra/up</c> on live system calls, with stock clients reading along.</summary>
public sealed class UpTests
{
    [Fact]
    public async Task Live_system_calls_become_alerts_and_every_scenario_raises_its_rule_without_a_drop()
    {
        NeedsLiveCapture();
        await using var up = LocalProcess.Start("--once", "--for", "150s");
        var alert = StockClients.FirstAlertAsync(await up.BrokerAsync());
        var events = StockClients.DecodeEventsAsync(await up.BrokerAsync(), await up.RegistryAsync(), count: 200);

        var report = await up.ReportAsync(within: TimeSpan.FromMinutes(4));

        ReportAssertions.NothingWasLost(report);
        ReportAssertions.EveryAttackRaisedItsRule(report, up.Output);
        Assert.True(report.GetProperty("firstAlertSeconds").GetDouble() < 60, "the first alert took over a minute");
        Assert.True(report.GetProperty("latencyMs").GetProperty("p50").GetDouble() > 0);
        Reads(await alert, await events);
    }

    // Where a stock client is missing, the test says so at its end instead of claiming what it would have shown.
    private static void Reads(string? alert, IReadOnlyList<JsonElement>? events)
    {
        if (alert is not null)
        {
            Assert.StartsWith("alerts.v1 ", alert, StringComparison.Ordinal);
        }

        if (events is not null)
        {
            Assert.Equal(200, events.Count);
            Assert.All(events, e => Assert.NotEmpty(e.GetProperty("type").GetString()!));
            Assert.Contains(events, e => e.GetProperty("process").ValueKind == JsonValueKind.Object);
        }

        Assert.SkipWhen(
            alert is null || events is null,
            $"All else held, but stock clients read nothing: {(alert is null ? "kcat" : "")} {(events is null ? "python3-confluent-kafka" : "")} not installed; infra/test installs both.");
    }

    [Fact]
    public async Task With_a_model_its_alerts_come_beside_those_of_the_rules_and_no_suspect_is_unaccounted_for()
    {
        Needs(LlamaLibrary.Find() is null ? LlamaLibrary.NotFound() : null);
        using var model = new SmallModel();
        await using var up = LocalProcess.Start("--replay", Path.Combine(AppContext.BaseDirectory, "capture.avro"), "--model", model.Path);

        var report = await up.ReportAsync(within: TimeSpan.FromMinutes(3));

        ReportAssertions.NothingWasLost(report);
        Assert.True(ReportAssertions.RuleAlerts(report) > 0, up.Output);
        var inference = report.GetProperty("inference");
        long Count(string name) => inference.GetProperty(name).GetInt64();
        var selected = inference.GetProperty("selected").EnumerateObject().Sum(reason => reason.Value.GetInt64());
        Assert.True(selected > 0, up.Output);
        Assert.Equal(selected, Count("judged") + Count("notJudged"));
        Assert.True(Count("judged") > Count("fromCache"), up.Output);
        Assert.True(Count("alerts") > 0, up.Output);
        Assert.Equal(Count("alerts"), report.GetProperty("alerts").GetProperty("llm").EnumerateObject().Sum(rule => rule.Value.GetInt64()));
        Assert.Equal(Count("alerts"), Count("onlyModel"));
        Assert.InRange(inference.GetProperty("reductionRatio").GetDouble(), 1e-6, 0.5);
    }

    [Fact]
    public async Task Without_a_model_the_rules_judge_alone()
    {
        await using var up = LocalProcess.Start("--replay", Path.Combine(AppContext.BaseDirectory, "capture.avro"), "--model", "none");
        var report = await up.ReportAsync(within: TimeSpan.FromMinutes(3));

        ReportAssertions.NothingWasLost(report);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("inference").ValueKind);
    }

    [Theory]
    [InlineData("--model", "/nonexistent.gguf", "The model /nonexistent.gguf cannot be used: ")]
    [InlineData("--rules", "/nonexistent.yaml", "rules of /nonexistent.yaml have errors:")]
    public async Task A_file_that_cannot_be_used_ends_the_run_and_is_named_on_standard_error(string option, string file, string error)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Syscribe.Local");

        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() => ProgramRun.OutputAsync(program, [option, file, "--plain"], TimeSpan.FromMinutes(1)));

        Assert.StartsWith($"{program} ended with 1: infra/up: {error}", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_root_it_says_so_and_replays_a_recorded_capture_that_raises_alerts()
    {
        Needs(Prerequisites.Root);
        Needs(Prerequisites.Program("setpriv", "util-linux"));
        await using var up = LocalProcess.StartUnprivileged("--for", "60s");

        var report = await up.ReportAsync(within: TimeSpan.FromMinutes(3));

        Assert.Contains("Live capture needs root", up.Output, StringComparison.Ordinal);
        ReportAssertions.NothingWasLost(report);
        Assert.True(ReportAssertions.RuleAlerts(report) > 0, up.Output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_same_run_works_on_a_real_Kafka(int brokers)
    {
        NeedsLiveCapture();
        Needs(Prerequisites.Kafka);
        await using var kafka = await RealKafka.StartAsync(brokers);
        string[] uncaptured = [.. kafka.ProcessIds.SelectMany(id => (string[])["--exclude-pid", $"{id}"])];
        await using var up = LocalProcess.Start(["--once", "--for", "150s", "--bootstrap", kafka.BootstrapServers, .. uncaptured]);

        var report = await up.ReportAsync(within: TimeSpan.FromMinutes(4));

        ReportAssertions.NothingWasLost(report);
        ReportAssertions.EveryAttackRaisedItsRule(report, up.Output);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_named_and_waited_for_no_longer_than_the_run_was_to_take()
    {
        var port = Ports.Free(1)[0];
        await using var up = LocalProcess.Start("--bootstrap", $"127.0.0.1:{port}", "--for", "5s");

        await Wait.UntilAsync(
            () => up.Output.Contains($"Kafka at 127.0.0.1:{port} does not answer", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            "the line that says what is waited for");
        await Wait.UntilAsync(
            () => up.Output.Contains($"Kafka at 127.0.0.1:{port} did not answer within 5 s", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            "the line that says that the time is over");
    }

    private static void NeedsLiveCapture()
    {
        Needs(Prerequisites.Root);
        Needs(Prerequisites.Btf);
    }

    private static void Needs(string? missing) => Assert.SkipWhen(missing is not null, missing ?? "");
}
