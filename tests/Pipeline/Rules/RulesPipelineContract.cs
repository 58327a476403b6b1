using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Alerts;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Pipeline.Rules;
using Syscribe.Pipeline.Tests.Support;
using Syscribe.Rules;
using Syscribe.Rules.Fields;
using RuleSet = Syscribe.Rules.RuleSet;

namespace Syscribe.Pipeline.Tests.Rules;

/// <summary>What the rules pipeline promises, on whichever broker.</summary>
public abstract class RulesPipelineContract : IAsyncLifetime
{
    private const int Partitions = 4;

    private readonly string _events = TestTopic.NewName("syscalls");
    private readonly string _alerts = TestTopic.NewName("alerts");
    private readonly string _group = TestTopic.NewName("rules");
    private readonly ListLogger _log = new();
    private readonly EmbeddedRegistry _embedded = EmbeddedRegistry.Start();
    private CachedSchemaRegistryClient _registry = null!; // InitializeAsync

    protected abstract ClientSettings Settings { get; }

    private string Servers => Settings["bootstrap.servers"]!;

    private ClientSettings Client => Settings.Set("consumer.auto.commit.interval.ms", "200");

    /// <summary>Makes the broker refuse a produce request for good; skips where it cannot be told to.</summary>
    protected abstract void RefuseNextProduce();

    protected abstract Task CreateTopicAsync(string topic, int partitions);

    public async ValueTask InitializeAsync()
    {
        _registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _embedded.Url });
        await CreateTopicAsync(_events, Partitions);
        await CreateTopicAsync(_alerts, 2);
        await CreateTopicAsync(Topics.DeadLetters(_events), 1);
    }

    public ValueTask DisposeAsync()
    {
        _registry.Dispose();
        _embedded.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Events_become_alerts_once_each_in_the_topic_and_in_the_log()
    {
        var stream = new MemoryStream();
        using var json = new FalcoJsonLog("test", () => stream);
        await Send(1, 300);
        await using (var run = Start(Options() with { Logs = [json] }))
        {
            await UntilAlerts(run, 100);
            await run.StopAsync();
            Assert.Equal(300, run.Pipeline.Counters.Evaluated);
            Assert.Equal(100, run.Pipeline.Counters.Alerts["File deleted"]);
            Assert.Empty(run.Pipeline.Counters.DeadLetters);
            Assert.Equal(0, run.Pipeline.Counters.Restarts);
        }

        var alerts = Alerts();
        Assert.Equal(Enumerable.Range(1, 300).Where(i => SampleEvents.Alerts(i)).Select(i => (long)i), alerts.Select(a => a.Value.Seq).Order());
        Assert.All(alerts, a => Assert.Equal(a.Value.Id, Encoding.ASCII.GetString(a.Key)));
        var alert = alerts[0].Value;
        Assert.Equal(("node-1", 7L, "unlink", Detector.Rule, AlertPriority.Warning, 100L), (alert.Node, alert.Run, alert.EventType, alert.Detector, alert.Priority, alert.Pid));
        Assert.StartsWith("deleted by rm\uFFFD (pid=100 type=unlink)", alert.Message);
        Assert.Equal(["filesystem", "test"], alert.Tags);
        Assert.Equal(100L, alert.OutputFields["proc.pid"]);

        var lines = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
        Assert.Equal(100, lines.Length);
        Assert.All(lines, line => Assert.Equal("File deleted", JsonDocument.Parse(line).RootElement.GetProperty("rule").GetString()));
        Assert.Equal(300, Committed());
    }

    [Fact]
    public async Task What_cannot_be_read_goes_to_the_dead_letters_with_its_reason_and_the_rest_goes_on()
    {
        var good = new SyscallEventSerializer(_registry).Serialize(SampleEvents.Make(3), new SerializationContext(MessageComponentType.Value, _events));
        byte[][] bad =
        [
            [1, .. good[1..]],
            [0, 0, 0, 0x77, 0x77, .. good[5..]],
            good[..^7],
            good[..3],
            [.. good[..5], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ];
        await Write([.. bad, null, good]);
        await using (var run = Start(Options()))
        {
            await UntilAlerts(run, 1);
            await run.StopAsync();
            Assert.Equal(6, run.Pipeline.Counters.DeadLetters.Values.Sum());
            Assert.Equal(0, run.Pipeline.Counters.Restarts);
        }

        var read = RecordSerdes.DeadLetterDeserializer(_registry);
        var letters = TestTopic.ReadAll(Servers, Topics.DeadLetters(_events))
            .Select(r => read.Deserialize(r.Message.Value, false, SerializationContext.Empty)).OrderBy(l => l.Offset).ToList();
        Assert.Equal(["bad-magic", "unknown-schema", "truncated", "truncated", "corrupt", "corrupt"], letters.Select(l => l.Reason));
        Assert.Equal([.. bad, null], letters.Select(l => l.Value));
        Assert.All(letters, l => Assert.Equal((_events, 0, "rules.decode", Environment.MachineName), (l.Topic, l.Partition, l.Stage, l.Worker)));
        Assert.Equal("key"u8.ToArray(), letters[0].Key);
        Assert.Contains("first byte is 0x01", letters[0].Detail);
        Assert.Contains("30583", letters[1].Detail);
        Assert.Contains("record without a value", letters[5].Detail);
        Assert.Equal(7, Committed());
    }

    [Fact]
    public async Task A_record_too_large_for_a_dead_letter_is_cut_and_says_so()
    {
        await Write([[9, .. new byte[950_000]]]);
        await using (var run = Start(Options()))
        {
            await Eventually.Holds(() => run.Pipeline.Counters.DeadLetters.GetValueOrDefault("bad-magic") == 1, "the dead letter is written");
            await run.StopAsync();
        }

        var letter = RecordSerdes.DeadLetterDeserializer(_registry).Deserialize(
            TestTopic.ReadAll(Servers, Topics.DeadLetters(_events))[0].Message.Value, false, SerializationContext.Empty);
        Assert.Equal(900_000, letter.Value!.Length);
        Assert.EndsWith("(value cut here from 950001 to 900000 bytes)", letter.Detail);
    }

    [Fact]
    public async Task A_rule_that_throws_costs_its_event_a_dead_letter_and_nothing_else()
    {
        const string Throwing = """

            - rule: Throws
              desc: test
              condition: evt.type = connect and fd.sip.name = example.com
              output: "never"
              priority: NOTICE
            """;
        var broken = SampleEvents.Make(1);
        broken.Type = Utf8.From("connect");
        broken.HasFd = true;
        (broken.Fd.Type, broken.Fd.Family, broken.Fd.L4Proto, broken.Fd.Role) = (Utf8.From("ipv4"), Utf8.From("ip"), Utf8.From("tcp"), SocketRole.Client);
        (broken.Fd.ClientIp, broken.Fd.ClientPort, broken.Fd.ServerIp, broken.Fd.ServerPort) = (Utf8.Copy([10, 0, 0, 1]), 1000, Utf8.Copy([10, 0, 0, 2]), 80);
        var context = new SerializationContext(MessageComponentType.Value, _events);
        var serializer = new SyscallEventSerializer(_registry);
        await Write([serializer.Serialize(broken, context), serializer.Serialize(SampleEvents.Make(3), context)]);
        await using (var run = Start(Options(), Load(SampleEvents.Rules + Throwing, new ThrowingResolver())))
        {
            await UntilAlerts(run, 1);
            await run.StopAsync();
        }

        var letter = RecordSerdes.DeadLetterDeserializer(_registry).Deserialize(
            Assert.Single(TestTopic.ReadAll(Servers, Topics.DeadLetters(_events))).Message.Value, false, SerializationContext.Empty);
        Assert.Equal(("rule-error", "rules.evaluate"), (letter.Reason, letter.Stage));
        Assert.Contains("no resolver today", letter.Detail);
        Assert.Equal(2, Committed());
    }

    [Fact]
    public async Task A_worker_that_dies_midway_loses_nothing_and_its_duplicates_carry_the_same_ids()
    {
        await Send(1, 3000);
        var died = new TaskCompletionSource();
        long told = 0;
        // Dies while alerts are acknowledged and not committed.
        var first = Start(Options() with
        {
            OnAlert = _ =>
            {
                if (Interlocked.Increment(ref told) == 200)
                {
                    died.TrySetResult();
                }
            },
        });
        await died.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await first.DisposeAsync();
        await using (var second = Start(Options()))
        {
            await Eventually.Holds(() => Committed() == 3000, "all is committed");
            await second.StopAsync();
        }

        var alerts = Alerts();
        Assert.Equal(1000, alerts.Select(a => a.Value.Id).Distinct().Count());
        Assert.All(alerts.GroupBy(a => a.Value.Seq), same => Assert.Single(same.Select(a => a.Value.Id).Distinct()));
    }

    [Fact]
    public async Task Two_workers_share_the_topic_and_one_takes_over_when_the_other_leaves()
    {
        await using var first = Start(Options());
        await using var second = Start(Options());
        await Eventually.Holds(() => first.Pipeline.Status.Partitions == 2 && second.Pipeline.Status.Partitions == 2, "they share the partitions");
        await Send(1, 600);
        await Eventually.Holds(() => first.Pipeline.Counters.Evaluated > 0 && second.Pipeline.Counters.Evaluated > 0, "both work");
        await first.StopAsync();
        await Send(601, 600);
        await Eventually.Holds(() => Committed() == 1200, "the second has taken over");
        await second.StopAsync();

        Assert.Equal(400, Alerts().Select(a => a.Value.Seq).Distinct().Count());
    }

    [Fact]
    public async Task A_stalled_output_pauses_the_consumer_and_it_is_never_evicted()
    {
        using var gate = new ManualResetEventSlim();
        await Send(1, 30_000);
        var client = Client.Set("consumer.max.poll.interval.ms", "6500").Set("consumer.session.timeout.ms", "6000");
        await using (var run = Start(Options() with { Kafka = client, MaxInFlightBatches = 1, Parallelism = 1, OnAlert = _ => gate.Wait() }))
        {
            await Eventually.Holds(() => run.Pipeline.Counters.Batches > 0, "it has begun");
            var started = TimeProvider.System.GetTimestamp();
            await Eventually.Holds(() => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(9), "well over max.poll.interval.ms passes");
            gate.Set();
            await Eventually.Holds(() => Committed() == 30_000, "all is committed");
            await run.StopAsync();
            Assert.Equal(30_000, run.Pipeline.Counters.Evaluated);
            Assert.Equal(0, run.Pipeline.Counters.Restarts);
        }

        Assert.Equal(10_000, Alerts().Count);
        Assert.DoesNotContain(_log.Lines, l => l.Contains("evicted") || l.Contains("Lost"));
    }

    [Fact]
    public async Task An_alert_that_the_broker_refuses_is_made_again_from_its_record()
    {
        await Send(1, 30);
        RefuseNextProduce();
        await using var run = Start(Options());
        await UntilAlerts(run, 10);
        await run.StopAsync();

        Assert.InRange(run.Pipeline.Counters.Restarts, 1, 3);
        Assert.Contains(_log.Lines, l => l.Contains($"Produce to {_alerts} failed: TopicAuthorizationFailed (29)"));
        Assert.Equal(10, Alerts().Select(a => a.Value.Id).Distinct().Count());
        Assert.Equal(30, Committed());
    }

    [Fact]
    public async Task A_registry_that_is_away_is_waited_for_and_no_record_is_given_up()
    {
        await Send(1, 30);
        var port = _embedded.Port;
        var url = _embedded.Url;
        _embedded.Dispose();
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = url, MaxRetries = 1, RetriesWaitMs = 10 });
        await using var run = Start(Options() with { Registry = client });
        await Eventually.Holds(() => run.Pipeline.Counters.Restarts >= 2, "it tries again");
        Assert.Contains(_log.Lines, l => l.Contains("the schema registry did not answer"));

        using var back = EmbeddedRegistry.Start(port);
        using (var registrar = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = back.Url }))
        {
            await new SyscallEventSerializer(registrar).PrepareAsync(_events);
        }

        await UntilAlerts(run, 10);
        await run.StopAsync();
        Assert.Empty(run.Pipeline.Counters.DeadLetters);
    }

    [Fact]
    public async Task New_rules_are_used_from_the_next_batch_on()
    {
        await using var run = Start(Options());
        await Send(1, 30);
        await UntilAlerts(run, 10);
        run.Pipeline.Rules = Load(SampleEvents.Rules.Replace("File deleted", "File gone"));
        await Send(31, 30);

        await Eventually.Holds(() => run.Pipeline.Counters.Alerts.GetValueOrDefault("File gone") == 10, "the new rule raises");
        Assert.Equal(10, run.Pipeline.Counters.Alerts["File deleted"]);
        await run.StopAsync();
    }

    [Fact]
    public async Task From_the_beginning_means_all_records_whatever_was_committed()
    {
        await Send(1, 30);
        await using (var run = Start(Options()))
        {
            await UntilAlerts(run, 10);
            await run.StopAsync();
        }

        await using var again = Start(Options() with { FromBeginning = true });
        await UntilAlerts(again, 10);
        await again.StopAsync();
        Assert.Equal(20, Alerts().Count);
        Assert.Equal(10, Alerts().Select(a => a.Value.Id).Distinct().Count());
    }

    [Fact]
    public async Task Metrics_say_what_happened()
    {
        await Send(1, 30);
        await using var run = Start(Options());
        await UntilAlerts(run, 10);
        await Eventually.Holds(() => run.Pipeline.Status.Lag.Count == Partitions, "the lag is known");
        using var text = new MemoryStream();
        await run.Metrics.CollectAndExportAsTextAsync(text);

        var lines = Encoding.UTF8.GetString(text.ToArray());
        Assert.Contains("syscribe_rules_records_consumed_total 30\n", lines);
        Assert.Contains("syscribe_rules_events_evaluated_total 30\n", lines);
        Assert.Contains("syscribe_rules_alerts_total{rule=\"File deleted\"} 10\n", lines);
        Assert.Contains("syscribe_rules_alert_latency_seconds_count 10\n", lines);
        Assert.Contains("syscribe_rules_lag_records{partition=\"3\"} 0\n", lines);
        Assert.Contains("syscribe_rules_batch_records_sum 30\n", lines);
        await run.StopAsync();
    }

    [Fact]
    public void A_client_setting_that_does_not_exist_is_refused_at_once_by_name()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new RulesPipeline(
            Options() with { Kafka = Client.Set("no.such.setting", "1") }, Load(SampleEvents.Rules), _log));
        Assert.Contains("no.such.setting", error.Message);
    }

    protected static RuleSet Load(string yaml, IDomainResolver? resolver = null)
    {
        var result = RuleLoader.Load([new RuleSource("test.yaml", yaml)], new RuleLoadOptions { Resolver = resolver });
        Assert.True(result.IsValid, string.Join('\n', result.Errors));
        return result.RuleSet!; // valid
    }

    private RulesPipelineOptions Options() => new()
    {
        Kafka = Client,
        Registry = _registry,
        Group = _group,
        EventTopic = _events,
        AlertTopic = _alerts,
        Backoff = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200)),
    };

    private RunningPipeline<RulesPipeline> Start(RulesPipelineOptions options, RuleSet? rules = null) => RunningPipeline.Of(options, rules ?? Load(SampleEvents.Rules), _log);

    private Task Send(long first, int count) => SampleEvents.Send(Settings, _registry, _events, Partitions, first, count);

    private async Task Write(IEnumerable<byte[]?> values)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(Settings.ForProducer()).Build();
        foreach (var value in values)
        {
            await producer.ProduceAsync(new TopicPartition(_events, 0), new Message<byte[]?, byte[]?> { Key = "key"u8.ToArray(), Value = value });
        }
    }

    private static Task UntilAlerts(RunningPipeline<RulesPipeline> run, long count) => Eventually.Holds(
        () => run.Pipeline.Counters.Alerts.Values.Sum() >= count, $"{count} alerts are acknowledged");

    private List<(byte[] Key, AlertRecord Value)> Alerts()
    {
        var read = RecordSerdes.AlertDeserializer(_registry);
        return [.. TestTopic.ReadAll(Servers, _alerts).Select(r => (r.Message.Key!, read.Deserialize(r.Message.Value, false, SerializationContext.Empty)))];
    }

    private long Committed() => Enumerable.Range(0, Partitions).Sum(p => TestTopic.Committed(Servers, _group, _events, p) ?? 0);

    private sealed class ThrowingResolver : IDomainResolver
    {
        public bool TryGetName(Utf8 address, out Utf8 name) => throw new InvalidOperationException("no resolver today");

        public bool Resolves(Utf8 domain, Utf8 address) => throw new InvalidOperationException("no resolver today");
    }
}
