using Confluent.Kafka;

namespace Syscribe.Pipeline.Consuming;

/// <summary>What the loop does about ownership and offsets: rebalances, commits, and a look at the state of things.</summary>
internal sealed partial class ConsumerLoop
{
    private IEnumerable<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        _broker.Back();
        _joined = true;
        _unpausedNew = true;
        _statusAt = 0;
        _tracker.Assign(partitions);
        LogMessages.Assigned(_log, _options.Topic, Describe(partitions));
        // Unset means the group's commit.
        return partitions.Select(p => new TopicPartitionOffset(p, _options.Replay?.StartOf(p) ?? Offset.Unset));
    }

    private void OnRevoked(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        Forget(partitions);
        var idle = _tracker.WaitIdle(partitions, _revokeTimeout, _abandoned.Token);
        Commit(consumer, _tracker.Committable(partitions));
        _tracker.Remove(partitions);
        LogMessages.Revoked(_log, _options.Topic, Describe(partitions), idle ? "finished" : "unfinished, to be read again");
    }

    // Another member owns them by now: its commits must not be overwritten.
    private void OnLost(List<TopicPartition> partitions)
    {
        Forget(partitions);
        _tracker.Remove(partitions);
        LogMessages.Lost(_log, _options.Topic, Describe(partitions));
    }

    private void Forget(List<TopicPartition> partitions) =>
        Forget(_records.Where(r => partitions.Contains(r.TopicPartition)).ToList());

    private void Forget(IReadOnlyCollection<ConsumeResult<byte[]?, byte[]?>> records)
    {
        var gone = records.ToHashSet();
        _records.RemoveAll(gone.Contains);
        _bytes = _records.Sum(r => (long)(r.Message.Key?.Length ?? 0) + (r.Message.Value?.Length ?? 0));
    }

    private void Commit(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartitionOffset> offsets)
    {
        try
        {
            if (offsets.Count > 0)
            {
                consumer.Commit(offsets);
                offsets.ForEach(o => _options.Replay?.Committed(o.TopicPartition));
            }
        }
        catch (KafkaException e)
        {
            OnCommitFailed(e.Error);
        }
    }

    // librdkafka commits what is stored at auto.commit.interval.ms, without making this thread wait.
    private void Housekeep(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var offset in _tracker.TakeCommittable())
        {
            try
            {
                consumer.StoreOffset(offset);
            }
            catch (KafkaException e)
            {
                OnCommitFailed(e.Error);
            }
        }

        if (_statusAt == 0 || _options.Time.GetElapsedTime(_statusAt) >= StatusInterval)
        {
            ProbeBroker(consumer);
            _statusAt = _options.Time.GetTimestamp();
            _status = new ConsumerStatus(_joined, _paused, consumer.Assignment.Count, Lag(consumer), _tracker.Pending);
        }
    }

    // Nothing else tells that an idle topic's broker is back: no record and no assignment comes.
    private void ProbeBroker(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (!_broker.IsAway)
        {
            return;
        }

        try
        {
            if (consumer.Assignment is [var any, ..])
            {
                consumer.QueryWatermarkOffsets(any, StatusInterval / 2);
                _broker.Back();
            }
        }
        catch (KafkaException)
        {
            // Still away.
        }

        _broker.Remind();
    }

    private static Dictionary<TopicPartition, long> Lag(IConsumer<byte[]?, byte[]?> consumer)
    {
        var lag = new Dictionary<TopicPartition, long>();
        foreach (var partition in consumer.Assignment)
        {
            var end = consumer.GetWatermarkOffsets(partition).High;
            var position = consumer.Position(partition);
            if (!end.IsSpecial && !position.IsSpecial)
            {
                lag[partition] = Math.Max(0, end.Value - position.Value);
            }
        }

        return lag;
    }

    private void OnCommitted(CommittedOffsets committed)
    {
        if (committed.Error.IsError)
        {
            OnCommitFailed(committed.Error);
            return;
        }

        foreach (var offset in committed.Offsets.Where(o => !o.Error.IsError))
        {
            _options.Replay?.Committed(offset.TopicPartition);
        }
    }

    // During a rebalance the broker may refuse commits; the next one carries these offsets too.
    private void OnCommitFailed(Error error)
    {
        if (error.Code is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration)
        {
            LogMessages.CommitDeferred(_log, _options.Topic, error.Reason);
        }
        else
        {
            LogMessages.CommitFailed(_log, _options.Topic, error.Reason);
        }
    }

    private static string Describe(List<TopicPartition> partitions) =>
        PartitionRanges.Of(partitions.Select(p => p.Partition.Value));
}
