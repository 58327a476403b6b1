using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Broker.Tests;

public class EmbeddedBrokerTests
{
    [Fact]
    public void A_topic_has_the_partitions_asked_for()
    {
        using var broker = EmbeddedBroker.Start(1, new Dictionary<string, int> { ["t"] = 64 });
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        Assert.Equal(64, admin.GetMetadata("t", TimeSpan.FromSeconds(10)).Topics[0].Partitions.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Records_produced_with_idempotence_are_consumed_in_order_by_a_group(int brokers)
    {
        using var broker = EmbeddedBroker.Start(brokers, new Dictionary<string, int> { ["t"] = 8 });
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers, EnableIdempotence = true, CompressionType = CompressionType.Lz4, LingerMs = 5,
        }).Build();
        var delivered = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            producer.ProduceAsync("t", new Message<string, string> { Key = $"k{i % 20}", Value = $"{i}" })));
        Assert.All(delivered, d => Assert.Equal(PersistenceStatus.Persisted, d.Status));

        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers, GroupId = "g", AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false, PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        }).Build();
        consumer.Subscribe("t");
        var byKey = new Dictionary<string, List<int>>();
        for (var i = 0; i < 1000; i++)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(20));
            Assert.NotNull(record);
            (byKey.TryGetValue(record.Message.Key, out var list) ? list : byKey[record.Message.Key] = []).Add(int.Parse(record.Message.Value));
        }

        consumer.Commit();
        Assert.Equal(1000, byKey.Values.Sum(v => v.Count));
        Assert.All(byKey.Values, v => Assert.Equal(v.Order(), v));
        consumer.Close();
    }
}
