using Confluent.Kafka;

namespace Syscribe.Pipeline.Consuming;

/// <summary>
/// The unfinished records of all partitions that a consumer owns at the moment. Batches are tracked on the poll
/// thread and finished on any thread; a batch of a partition that has been revoked since finishes without effect, even
/// if the same partition has been assigned again.
/// </summary>
/// <remarks>Thread safe.</remarks>
internal sealed class OffsetTracker(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, PartitionOffsets> _owned = [];
    private readonly ManualResetEventSlim _finished = new();

    /// <summary>Spans in flight over all owned partitions.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
            {
                return _owned.Values.Sum(p => p.Pending);
            }
        }
    }

    public void Assign(IEnumerable<TopicPartition> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                _owned[partition] = new PartitionOffsets();
            }
        }
    }

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                _owned.Remove(partition);
            }
        }
    }

    /// <summary>Tracks the records of a batch, given as one span a partition.</summary>
    public BatchOffsets Track(IReadOnlyList<(TopicPartition Partition, long First, long Last)> spans)
    {
        var tracked = new (PartitionOffsets, long)[spans.Count];
        lock (_lock)
        {
            for (var i = 0; i < tracked.Length; i++)
            {
                // A record of a partition that the client has not announced cannot be committed and is not lost either:
                // it is handled, and read again by the owner.
                var offsets = _owned.GetValueOrDefault(spans[i].Partition) ?? new PartitionOffsets();
                offsets.Track(spans[i].First, spans[i].Last);
                tracked[i] = (offsets, spans[i].First);
            }
        }

        return new BatchOffsets(this, tracked);
    }

    /// <summary>Offsets that became committable since the last call.</summary>
    public List<TopicPartitionOffset> TakeCommittable()
    {
        var taken = new List<TopicPartitionOffset>();
        lock (_lock)
        {
            foreach (var (partition, offsets) in _owned)
            {
                if (offsets.TryTakeCommittable(out var offset))
                {
                    taken.Add(new TopicPartitionOffset(partition, offset));
                }
            }
        }

        return taken;
    }

    /// <summary>Committable offsets of the given partitions, taken before or not.</summary>
    public List<TopicPartitionOffset> Committable(IEnumerable<TopicPartition> partitions)
    {
        lock (_lock)
        {
            return [.. from partition in partitions
                       let offset = _owned.GetValueOrDefault(partition)?.Committable
                       where offset is not null
                       select new TopicPartitionOffset(partition, offset.Value)];
        }
    }

    /// <summary>Waits until nothing of <paramref name="partitions"/> is in flight; false if the time ran out first.</summary>
    public bool WaitIdle(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout, CancellationToken abandoned)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            _finished.Reset();
            if (IsIdle(partitions))
            {
                return true;
            }

            var left = timeout - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || abandoned.IsCancellationRequested)
            {
                return false;
            }

            WaitForFinish(left, abandoned);
        }
    }

    internal void Finish((PartitionOffsets Offsets, long First)[] spans)
    {
        lock (_lock)
        {
            foreach (var (offsets, first) in spans)
            {
                offsets.Finish(first);
            }
        }

        _finished.Set();
    }

    private bool IsIdle(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_lock)
        {
            return partitions.All(p => _owned.GetValueOrDefault(p) is null or { Pending: 0 });
        }
    }

    private void WaitForFinish(TimeSpan left, CancellationToken abandoned)
    {
        try
        {
            _finished.Wait(left, abandoned);
        }
        catch (OperationCanceledException)
        {
            // The caller sees the token.
        }
    }
}
