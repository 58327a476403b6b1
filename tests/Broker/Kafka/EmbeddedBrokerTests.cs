using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Broker.Tests;

/// <summary>Run alone: no process may be started while a broker is taken down.</summary>
[CollectionDefinition(nameof(EmbeddedBrokerTests), DisableParallelization = true)]
[Collection(nameof(EmbeddedBrokerTests))]
public class EmbeddedBrokerTests
{
    [Fact]
    public void Topics_have_the_partitions_asked_for_and_others_come_to_be_with_four()
    {
        using var broker = EmbeddedBroker.Start(1, new Dictionary<string, int> { ["t"] = 64 });
        using var admin = new AdminClientBuilder(ClientSettings.For(broker.BootstrapServers).ForAdmin()).Build();
        Assert.Equal(64, admin.GetMetadata("t", TimeSpan.FromSeconds(10)).Topics[0].Partitions.Count);

        using var producer = new ProducerBuilder<Null, string>(ClientSettings.For(broker.BootstrapServers).ForProducer()).Build();
        producer.Produce("other", new Message<Null, string> { Value = "x" });
        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(10)));
        Assert.Equal(4, admin.GetMetadata("other", TimeSpan.FromSeconds(10)).Topics[0].Partitions.Count);
    }

    [Fact]
    public void A_topic_that_exists_is_refused_by_name()
    {
        using var broker = EmbeddedBroker.Start(1, new Dictionary<string, int> { ["t"] = 1 });
        var error = Assert.Throws<KafkaException>(() => broker.CreateTopic("t", 2));
        Assert.StartsWith("embedded broker: create topic t with 2 partitions: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_producer_waits_for_a_broker_that_is_down_and_loses_nothing()
    {
        using var broker = EmbeddedBroker.Start(1, new Dictionary<string, int> { ["t"] = 1 });
        var settings = ClientSettings.For(broker.BootstrapServers).Set("reconnect.backoff.max.ms", "100");
        using var producer = new ProducerBuilder<Null, string>(settings.ForProducer()).SetLogHandler((_, _) => { }).Build();
        await producer.ProduceAsync("t", new Message<Null, string> { Value = "before" });

        broker.TakeDown(1);
        var waiting = Task.WhenAll(Enumerable.Range(0, 100).Select(i => producer.ProduceAsync("t", new Message<Null, string> { Value = $"{i}" })));
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(200)));
        broker.BringUp(1);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), (await waiting).Select(d => d.Offset.Value));
    }

    [Fact]
    public async Task A_retriable_error_is_retried_by_the_idempotent_producer_without_a_copy()
    {
        using var broker = EmbeddedBroker.Start(1, new Dictionary<string, int> { ["t"] = 1 });
        using var producer = new ProducerBuilder<Null, string>(ClientSettings.For(broker.BootstrapServers).ForProducer()).SetLogHandler((_, _) => { }).Build();
        broker.FailNext(apiKey: 0, ErrorCode.NotEnoughReplicas, ErrorCode.RequestTimedOut);
        Assert.Equal(0, (await producer.ProduceAsync("t", new Message<Null, string> { Value = "a" })).Offset.Value);
        Assert.Equal(1, (await producer.ProduceAsync("t", new Message<Null, string> { Value = "b" })).Offset.Value);
    }

    [Fact]
    public void A_partition_keeps_its_last_5_MiB()
    {
        using var broker = EmbeddedBroker.Start(1, new Dictionary<string, int> { ["t"] = 1 });
        using (var producer = new ProducerBuilder<Null, byte[]>(ClientSettings.For(broker.BootstrapServers).Set("compression.type", "none").ForProducer()).Build())
        {
            var random = new Random(1);
            for (var i = 0; i < 120; i++)
            {
                var value = new byte[100_000];
                random.NextBytes(value);
                producer.Produce("t", new Message<Null, byte[]> { Value = value });
            }

            producer.Flush(TimeSpan.FromSeconds(20));
        }

        using var consumer = new ConsumerBuilder<Null, byte[]>(ClientSettings.For(broker.BootstrapServers).ForConsumer("g")).Build();
        var offsets = consumer.QueryWatermarkOffsets(new TopicPartition("t", 0), TimeSpan.FromSeconds(10));
        Assert.Equal(120, offsets.High.Value);
        Assert.InRange((offsets.High - offsets.Low) * 100_000, EmbeddedBroker.PartitionBytes - 1_100_000, EmbeddedBroker.PartitionBytes + 1_100_000);
    }

    [Fact]
    public async Task After_dispose_nothing_listens()
    {
        var broker = EmbeddedBroker.Start();
        var port = int.Parse(broker.BootstrapServers.Split(':')[1]);
        Assert.True(await Testing.Ports.AnswersAsync(port));
        broker.Dispose();
        Assert.False(await Testing.Ports.AnswersAsync(port));
        Assert.Throws<ObjectDisposedException>(() => broker.CreateTopic("t", 1));
    }
}
