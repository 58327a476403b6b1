using Confluent.Kafka;

namespace Syscribe.Pipeline.Tests.Support;

/// <summary>Writes to and reads from a topic with a plain client, beside the code under test.</summary>
internal static class TestTopic
{
    public static string NewName(string what) => $"{what}-{Guid.NewGuid():N}";

    public static byte[] Bytes(int number) => BitConverter.GetBytes(number);

    public static int Number(byte[]? bytes) => BitConverter.ToInt32(bytes);

    /// <summary>Writes numbers to one partition, acknowledged.</summary>
    public static async Task Write(string servers, string topic, int partition, IEnumerable<int> numbers)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = servers, LingerMs = 1 }).Build();
        var reports = numbers.Select(n => producer.ProduceAsync(
            new TopicPartition(topic, partition), new Message<byte[]?, byte[]?> { Value = Bytes(n) })).ToList();
        await Task.WhenAll(reports);
    }

    /// <summary>What a group has committed for a partition; null for nothing.</summary>
    public static long? Committed(string servers, string group, string topic, int partition)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(
            new ConsumerConfig { BootstrapServers = servers, GroupId = group }).Build();
        for (var tries = 0; ; tries++)
        {
            try
            {
                var offset = consumer.Committed([new TopicPartition(topic, partition)], TimeSpan.FromSeconds(30))[0].Offset;
                return offset.IsSpecial ? null : offset.Value;
            }
            catch (KafkaException e) when (tries < 100 && e.Error.Code is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.GroupLoadInProgress)
            {
                // A real broker that has just started gives the group's coordinator away now and then; the poll asks for it anew.
                consumer.Consume(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>All records of a topic, by plain assignment from the beginning to the end of the moment.</summary>
    public static List<ConsumeResult<byte[]?, byte[]?>> ReadAll(string servers, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = servers, GroupId = NewName("reader"), EnablePartitionEof = true, EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(30)).Topics[0].Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        for (var left = partitions.Count; left > 0;)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30));
            Assert.NotNull(record);
            if (record.IsPartitionEOF)
            {
                left--;
            }
            else
            {
                records.Add(record);
            }
        }

        return records;
    }
}
