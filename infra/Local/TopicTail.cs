using System.Diagnostics;
using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Local;

/// <summary>Reads a topic from where it stands now, in no group.</summary>
internal static class TopicTail
{
    private static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Puts <paramref name="consumer"/> at the end of each partition. What is produced after this returns cannot be missed.
    /// </summary>
    public static void Assign<TKey, TValue>(IConsumer<TKey, TValue> consumer, string topic, ClientSettings client)
    {
        using var admin = new AdminClientBuilder(client.ForAdmin()).SetLogHandler(static (_, _) => { }).Build();
        var partitions = admin.GetMetadata(topic, BrokerLimit).Topics.Single().Partitions;
        consumer.Assign(partitions.Select(partition =>
        {
            var place = new TopicPartition(topic, partition.PartitionId);
            return new TopicPartitionOffset(place, End(consumer, place));
        }));
    }

    // A partition made a moment ago may have no leader yet.
    private static Offset End<TKey, TValue>(IConsumer<TKey, TValue> consumer, TopicPartition place)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(place, BrokerLimit).High;
            }
            catch (KafkaException e) when (!e.Error.IsFatal && Stopwatch.GetElapsedTime(started) < BrokerLimit)
            {
                Task.Delay(100).Wait();
            }
        }
    }
}
