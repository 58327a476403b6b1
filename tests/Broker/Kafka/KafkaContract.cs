using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Syscribe.Kafka;

namespace Syscribe.Broker.Tests;

/// <summary>What a cluster does for us, the same for the embedded broker and a real Kafka, with our own client settings.</summary>
public abstract class KafkaContract
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _topic = $"t-{Guid.NewGuid():N}";

    /// <summary>Addresses; skips the test where there is no cluster.</summary>
    protected abstract string BootstrapServers { get; }

    protected abstract Task CreateTopicAsync(string topic, int partitions);

    [Fact]
    public async Task Records_of_an_idempotent_producer_are_read_in_order_by_key()
    {
        await CreateTopicAsync(_topic, 8);
        await ProduceAsync(0, 2000);

        using var consumer = Consumer("g");
        consumer.Subscribe(_topic);
        var byKey = Read(consumer, 2000).GroupBy(r => r.Message.Key).ToList();
        Assert.Equal(20, byKey.Count);
        Assert.All(byKey, key => Assert.Equal(key.Select(r => int.Parse(r.Message.Value)).Order(), key.Select(r => int.Parse(r.Message.Value))));
        consumer.Close();
    }

    [Fact]
    public async Task A_group_goes_on_where_it_committed()
    {
        await CreateTopicAsync(_topic, 1);
        await ProduceAsync(0, 100);
        using (var first = Consumer("g"))
        {
            first.Subscribe(_topic);
            var read = Read(first, 100);
            first.Commit([new TopicPartitionOffset(_topic, 0, read[59].Offset + 1)]);
            first.Close();
        }

        using var second = Consumer("g");
        second.Subscribe(_topic);
        Assert.Equal(Enumerable.Range(60, 40), Read(second, 40).Select(r => int.Parse(r.Message.Value)));
        second.Close();
    }

    [Fact]
    public async Task A_second_member_takes_its_share_and_gives_it_back()
    {
        await CreateTopicAsync(_topic, 6);
        using var first = Consumer("g");
        first.Subscribe(_topic);
        await AssignedAsync([first], 6);

        using (var second = Consumer("g"))
        {
            second.Subscribe(_topic);
            await AssignedAsync([first, second], 3, 3);
            second.Close();
        }

        await AssignedAsync([first], 6);
        first.Close();
    }

    [Fact]
    public async Task Keys_values_headers_and_times_of_any_bytes_come_back()
    {
        await CreateTopicAsync(_topic, 1);
        var value = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31)).ToArray();
        using var producer = new ProducerBuilder<byte[], byte[]>(Settings.ForProducer()).Build();
        var sent = new Message<byte[], byte[]>
        {
            Key = [0, 255, 128], Value = value, Headers = [new Header("h", [1, 2])], Timestamp = new Timestamp(1_795_000_000_123, TimestampType.CreateTime),
        };
        await producer.ProduceAsync(_topic, sent);
        await producer.ProduceAsync(_topic, new Message<byte[], byte[]> { Key = [1], Value = null! });

        using var consumer = new ConsumerBuilder<byte[], byte[]>(Settings.ForConsumer("g")).Build();
        consumer.Subscribe(_topic);
        var read = consumer.Consume(Deadline).Message;
        Assert.Equal(sent.Key, read.Key);
        Assert.Equal(sent.Value, read.Value);
        Assert.Equal(sent.Timestamp, read.Timestamp);
        Assert.Equal([1, 2], read.Headers.GetLastBytes("h"));
        Assert.Null(consumer.Consume(Deadline).Message.Value);
        consumer.Close();
    }

    protected virtual ClientSettings Settings => ClientSettings.For(BootstrapServers);

    protected static async Task CreateByAdminAsync(string bootstrapServers, string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(ClientSettings.For(bootstrapServers).ForAdmin()).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions }]);
    }

    private async Task ProduceAsync(int first, int count)
    {
        using var producer = new ProducerBuilder<string, string>(Settings.ForProducer()).Build();
        var delivered = await Task.WhenAll(Enumerable.Range(first, count).Select(i =>
            producer.ProduceAsync(_topic, new Message<string, string> { Key = $"k{i % 20}", Value = $"{i}" })));
        Assert.All(delivered, d => Assert.Equal(PersistenceStatus.Persisted, d.Status));
    }

    private IConsumer<string, string> Consumer(string group) =>
        new ConsumerBuilder<string, string>(Settings.ForConsumer(group + _topic)).Build();

    private static List<ConsumeResult<string, string>> Read(IConsumer<string, string> consumer, int count)
    {
        var read = new List<ConsumeResult<string, string>>();
        while (read.Count < count)
            read.Add(consumer.Consume(Deadline) ?? throw new TimeoutException($"read {read.Count} of {count} records within {Deadline}"));

        return read;
    }

    // Rebalances go on only while each member polls.
    private static Task AssignedAsync(IConsumer<string, string>[] members, params int[] partitions) =>
        Testing.Wait.UntilAsync(
            () =>
            {
                foreach (var member in members)
                    member.Consume(TimeSpan.FromMilliseconds(50));

                return members.Select(m => m.Assignment.Count).SequenceEqual(partitions);
            },
            Deadline,
            $"the members have {string.Join(" and ", partitions)} partitions");
}
