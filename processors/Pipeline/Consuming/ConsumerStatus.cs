using Confluent.Kafka;

namespace Syscribe.Pipeline.Consuming;

/// <summary>What a consumer was doing at its last look, for metrics and readiness.</summary>
/// <param name="Joined">Whether the group has given it its partitions (perhaps none) since it started.</param>
/// <param name="Paused">Whether it has stopped fetching because the stream takes nothing.</param>
/// <param name="Partitions">Partitions that it owns.</param>
/// <param name="Lag">Records behind the end of each assigned partition; a partition whose end is not known yet is absent.</param>
/// <param name="InFlight">Spans of records that are read and not finished.</param>
public sealed record ConsumerStatus(
    bool Joined, bool Paused, int Partitions, IReadOnlyDictionary<TopicPartition, long> Lag, int InFlight)
{
    /// <summary>Before the start.</summary>
    public static ConsumerStatus None { get; } = new(false, false, 0, new Dictionary<TopicPartition, long>(), 0);
}
