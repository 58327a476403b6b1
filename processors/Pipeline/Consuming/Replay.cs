using Confluent.Kafka;

namespace Syscribe.Pipeline.Consuming;

/// <summary>
/// Reading a topic again from its first record: each partition starts there until this process has committed something of
/// it, so that neither a rebalance nor a restart of the stream skips a part or starts over. With several workers in a
/// group, a partition that moves to another one is read again by that one.
/// </summary>
/// <remarks>One poll thread at a time.</remarks>
public sealed class Replay
{
    private readonly HashSet<TopicPartition> _committed = [];

    internal Offset StartOf(TopicPartition partition) => _committed.Contains(partition) ? Offset.Unset : Offset.Beginning;

    internal void Committed(TopicPartition partition) => _committed.Add(partition);
}
