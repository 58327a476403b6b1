using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Pipeline.Suspects;
using Syscribe.Pipeline.Tests.Rules;
using Syscribe.Pipeline.Tests.Support;

namespace Syscribe.Pipeline.Tests.Suspects;

/// <summary>Run alone: it looks at the memory of the whole process.</summary>
[CollectionDefinition(nameof(SlowModelMemoryTests), DisableParallelization = true)]
[Collection(nameof(SlowModelMemoryTests))]
public sealed class SlowModelMemoryTests(EmbeddedBrokerFixture fixture) : IClassFixture<EmbeddedBrokerFixture>
{
    private const int Count = 10_000;
    private const int EventBytes = 4096;
    private const int Partitions = 12;

    private readonly string _suspects = TestTopic.NewName("suspects");
    private readonly string _alerts = TestTopic.NewName("alerts");

    private ClientSettings Settings => ClientSettings.For(fixture.Broker.BootstrapServers)
        .Set("consumer.session.timeout.ms", "2000").Set("consumer.heartbeat.interval.ms", "200");

    [Fact]
    public async Task Memory_stays_flat_while_ten_thousand_events_wait_for_a_slow_model_and_while_it_judges_them()
    {
        using var embedded = EmbeddedRegistry.Start();
        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = embedded.Url });
        fixture.Broker.CreateTopic(_suspects, Partitions);
        fixture.Broker.CreateTopic(_alerts, 1);
        fixture.Broker.CreateTopic(Topics.DeadLetters(_suspects), 1);
        await SendAsync(registry);
        var engine = new FakeEngine();
        var before = Heap();
        await using var run = RunningPipeline.Of(
            new InferencePipelineOptions
            {
                Kafka = Settings, Registry = registry, Group = TestTopic.NewName("inference"), SuspectTopic = _suspects, AlertTopic = _alerts,
            },
            engine,
            new ListLogger());
        await Eventually.Holds(() => run.Pipeline.Status.Paused, "the consumer stands still, full");
        var samples = new List<long> { Heap() - before };

        engine.Open();
        for (var judged = 1000; judged <= Count; judged += 1000)
        {
            await Eventually.Holds(() => run.Pipeline.Counters.Events >= judged, "it judges");
            samples.Add(Heap() - before);
        }

        await run.StopAsync();

        // All of them held would be more than their bytes.
        Assert.Equal(Count, run.Pipeline.Counters.Events);
        Assert.All(samples, bytes => Assert.InRange(bytes, long.MinValue, Count * EventBytes / 2));
    }

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    private async Task SendAsync(CachedSchemaRegistryClient registry)
    {
        var serializer = new SyscallEventSerializer(registry);
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(Settings.ForProducer()).Build();
        var context = new SerializationContext(MessageComponentType.Value, _suspects);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => producer.ProduceAsync(
            new TopicPartition(_suspects, i % Partitions),
            new Message<byte[]?, byte[]?> { Value = serializer.Serialize(Event(i), context) })));
    }

    // Each of a behaviour of its own, so that each goes to the model; none an alert.
    private static SyscallEvent Event(int number)
    {
        var path = string.Concat(number.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(c => (char)('a' + c - '0')));
        var e = new SyscallEvent
        {
            Type = Utf8.From("calla"),
            Seq = number,
            TimeNs = 1_700_000_000_000_000_000 + number,
            Node = Utf8.From("node-1"),
            Process = new ProcessInfo { Pid = number, Name = Utf8.From("tool"), ExePath = Utf8.From("/usr/bin/" + path) },
        };
        e.Params.Add(new Param(Utf8.From("data"), null, Utf8.From(new string('x', EventBytes)), default));
        return e;
    }
}
