using System.Text;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Pipeline.Suspects;
using Syscribe.Pipeline.Tests.Support;

namespace Syscribe.Pipeline.Tests.Suspects;

/// <summary>What the inference pipeline promises, on whichever broker.</summary>
public abstract class InferencePipelineContract : IAsyncLifetime
{
    private const int Partitions = 4;

    private readonly string _suspects = TestTopic.NewName("suspects");
    private readonly string _alerts = TestTopic.NewName("alerts");
    private readonly string _group = TestTopic.NewName("inference");
    private readonly ListLogger _log = new();
    private readonly EmbeddedRegistry _embedded = EmbeddedRegistry.Start();
    private readonly FakeEngine _engine = new();
    private CachedSchemaRegistryClient _registry = null!; // InitializeAsync

    protected abstract ClientSettings Settings { get; }

    private ClientSettings Client => Settings.Set("consumer.auto.commit.interval.ms", "200");

    private string Servers => Settings["bootstrap.servers"]!;

    protected abstract Task CreateTopicAsync(string topic, int partitions);

    public async ValueTask InitializeAsync()
    {
        _registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _embedded.Url });
        await CreateTopicAsync(_suspects, Partitions);
        await CreateTopicAsync(_alerts, 2);
        await CreateTopicAsync(Topics.DeadLetters(_suspects), 1);
    }

    public ValueTask DisposeAsync()
    {
        _registry.Dispose();
        _embedded.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Suspects_become_alerts_of_the_model_filled_from_their_event()
    {
        _engine.Open();
        await Send(1, 90, i => i % 3 == 0 ? "openb" : "open");
        await using var run = RunningPipeline.Of(Options(), _engine, _log);
        await Eventually.Holds(() => Committed() == 90, "all is committed");
        await run.StopAsync();

        var alerts = Alerts();
        Assert.Equal(Enumerable.Range(1, 90).Where(i => i % 3 == 0).Select(i => (long)i), alerts.Select(a => a.Seq).Order());
        Assert.All(alerts, a => Assert.Equal(
            ("Strange call", AlertPriority.Critical, Detector.Llm, "m0de1", "Strange call openb by tool", 0.9),
            (a.Rule, a.Priority, a.Detector, a.Digest, a.Message, a.Score)));
        Assert.All(alerts, a => Assert.Equal(["T1059", "host"], a.Tags));
        Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), alerts.Select(a => a.Count).Order());
        Assert.Equal(40, Assert.Single(alerts, a => a.PromptTokens is not null).PromptTokens);
        Assert.Equal(12.0, Assert.Single(alerts, a => a.InferenceMs is not null).InferenceMs);
        Assert.Equal((90L, 88L), (run.Pipeline.Counters.Events, run.Pipeline.Counters.FromCache));
    }

    [Fact]
    public async Task Ten_thousand_events_before_a_model_that_stands_still_are_neither_lost_nor_doubled_nor_is_the_consumer_evicted()
    {
        const int Count = 10_000;
        await Send(1, Count, i => "call" + Letters(i % 500) + (i % 5 == 0 ? "b" : "a"));
        var client = Client.Set("consumer.max.poll.interval.ms", "6500").Set("consumer.session.timeout.ms", "6000");
        await using var run = RunningPipeline.Of(Options() with { Kafka = client, BatchRecords = 50, Parallelism = 4 }, _engine, _log);
        await Eventually.Holds(() => _engine.MostPending == 16, "the model's slots are taken");
        var started = TimeProvider.System.GetTimestamp();
        await Eventually.Holds(() => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(9), "well over max.poll.interval.ms passes");
        var asked = _engine.Counters.Asked;

        _engine.Open();
        await Eventually.Holds(() => Committed() == Count, "all is committed");
        await run.StopAsync();

        Assert.InRange(asked, 16, 4 * 50); // what it held meanwhile: the batches in parallel and no more
        Assert.Equal(16, _engine.MostPending);
        var alerts = Alerts();
        Assert.Equal(Enumerable.Range(1, Count).Where(i => i % 5 == 0).Select(i => (long)i), alerts.Select(a => a.Seq).Order());
        Assert.Equal(alerts.Count, alerts.Select(a => a.Id).Distinct().Count());
        Assert.Equal(0, run.Pipeline.Counters.Restarts);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("evicted") || line.Contains("Lost"));
    }

    [Fact]
    public async Task What_the_model_cannot_compute_and_what_is_no_event_goes_to_the_dead_letters()
    {
        _engine.Open();
        await Send(1, 1, _ => "broken");
        await Write([1, 2, 3]);
        await Send(2, 10, _ => "openb");
        await using var run = RunningPipeline.Of(Options(), _engine, _log);
        await Eventually.Holds(() => Committed() == 12, "all is committed");
        await run.StopAsync();

        var read = RecordSerdes.DeadLetterDeserializer(_registry);
        var letters = TestTopic.ReadAll(Servers, Topics.DeadLetters(_suspects))
            .Select(r => read.Deserialize(r.Message.Value, false, SerializationContext.Empty)).OrderBy(letter => letter.Reason).ToList();
        Assert.Equal(["bad-magic", "inference-error"], letters.Select(letter => letter.Reason));
        Assert.Equal("inference.answer", letters[1].Stage);
        Assert.Equal("Decode: cannot be computed", letters[1].Detail);
        Assert.Equal(10, Alerts().Count);
        Assert.Equal(0, run.Pipeline.Counters.Restarts);
    }

    [Fact]
    public async Task An_engine_that_stops_costs_no_event_and_what_is_read_again_carries_the_same_ids()
    {
        _engine.Open();
        _engine.Stopped = true;
        await Send(1, 200, i => "call" + Letters(i) + "b");
        await using var run = RunningPipeline.Of(Options(), _engine, _log);
        await Eventually.Holds(() => run.Pipeline.Counters.Restarts >= 2, "it tries again");
        _engine.Stopped = false;
        await Eventually.Holds(() => Committed() == 200, "all is committed");
        await run.StopAsync();

        var alerts = Alerts();
        Assert.Equal(200, alerts.Select(a => a.Id).Distinct().Count());
        Assert.Empty(run.Pipeline.Counters.DeadLetters);
        Assert.Contains(_log.Lines, line => line.Contains("inference pipeline failed"));
    }

    [Fact]
    public async Task Metrics_say_what_happened()
    {
        _engine.Open();
        await Send(1, 30, i => i % 3 == 0 ? "openb" : "open");
        await using var run = RunningPipeline.Of(Options(), _engine, _log);
        await Eventually.Holds(() => run.Pipeline.Counters.Alerts.GetValueOrDefault("Strange call") == 10, "the alerts are acknowledged");
        using var text = new MemoryStream();
        await run.Metrics.CollectAndExportAsTextAsync(text);
        await run.StopAsync();

        var lines = Encoding.UTF8.GetString(text.ToArray());
        Assert.Contains("syscribe_inference_events_total 30\n", lines);
        Assert.Contains("syscribe_inference_cached_total 28\n", lines);
        Assert.Contains("syscribe_inference_alerts_total{rule=\"Strange call\"} 10\n", lines);
        Assert.Contains("syscribe_inference_prefill_tokens_total 80\n", lines);
        Assert.Contains("syscribe_inference_cache_entries 2\n", lines);
        Assert.Contains("syscribe_inference_alert_latency_seconds_count 10\n", lines);
    }

    private static string Letters(int number) => string.Concat(number.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(c => (char)('a' + c - '0')));

    private InferencePipelineOptions Options() => new()
    {
        Kafka = Client,
        Registry = _registry,
        Group = _group,
        SuspectTopic = _suspects,
        AlertTopic = _alerts,
        Backoff = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200)),
    };

    private async Task Send(long first, int count, Func<int, string> call)
    {
        var serializer = new SyscallEventSerializer(_registry);
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(Settings.ForProducer()).Build();
        var context = new SerializationContext(MessageComponentType.Value, _suspects);
        await Task.WhenAll(Enumerable.Range((int)first, count).Select(i => producer.ProduceAsync(
            new TopicPartition(_suspects, i % Partitions),
            new Message<byte[]?, byte[]?> { Value = serializer.Serialize(Event(i, call(i)), context) })));
    }

    private static SyscallEvent Event(int seq, string call) => new()
    {
        Type = Utf8.From(call),
        Seq = seq,
        TimeNs = 1_700_000_000_000_000_000 + seq,
        Node = Utf8.From("node-1"),
        Run = 7,
        Return = 0,
        Process = new ProcessInfo { Pid = seq, Name = Utf8.From("tool"), ExePath = Utf8.From("/usr/bin/tool"), ContainerId = Utf8.From("host") },
    };

    private async Task Write(byte[] value)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(Settings.ForProducer()).Build();
        await producer.ProduceAsync(new TopicPartition(_suspects, 0), new Message<byte[]?, byte[]?> { Value = value });
    }

    private List<AlertRecord> Alerts()
    {
        var read = RecordSerdes.AlertDeserializer(_registry);
        return [.. TestTopic.ReadAll(Servers, _alerts).Select(r => read.Deserialize(r.Message.Value, false, SerializationContext.Empty))];
    }

    private long Committed() => Enumerable.Range(0, Partitions).Sum(p => TestTopic.Committed(Servers, _group, _suspects, p) ?? 0);
}
