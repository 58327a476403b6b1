using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Pipeline.Consuming;

/// <summary>Moves a group's commits back, so that its topic is read again.</summary>
public static class GroupReset
{
    /// <summary>Commits the first offset of each partition. A topic that does not exist yet has nothing to reset.</summary>
    /// <exception cref="KafkaException">The broker is away, or refuses because the group has members.</exception>
    public static void ToBeginning(ClientSettings client, string group, string topic, TimeSpan timeout)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(client.ForConsumer(group)).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, timeout).Topics.SelectMany(t => t.Partitions).Select(p => new TopicPartition(topic, p.PartitionId));
        var first = partitions.Select(p => new TopicPartitionOffset(p, consumer.QueryWatermarkOffsets(p, timeout).Low)).ToList();
        if (first.Count > 0)
        {
            consumer.Commit(first);
        }
    }
}
