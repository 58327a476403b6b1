namespace Syscribe.Pipeline.Consuming;

/// <summary>
/// Which records of one partition are finished. Records are tracked in spans (one record, or the part of a batch that
/// comes from this partition); spans may finish in any order, and what may be committed is the offset after the
/// highest span below which everything is finished.
/// </summary>
/// <remarks>
/// Not thread safe. Offsets may have gaps (compaction, transaction markers), so spans ascend but need not touch.
/// Invariant: the span at the head of the ring is unfinished, or the ring is empty.
/// </remarks>
public sealed class PartitionOffsets
{
    private Span[] _ring = new Span[8];
    private int _head;
    private long _lastTracked = -1;
    private long _taken = -1;

    /// <summary>Spans that are tracked and not yet below the committable offset.</summary>
    public int Pending { get; private set; }

    /// <summary>
    /// Offset to commit: that of the next record to read if this consumer ended now. Null until something is finished.
    /// </summary>
    public long? Committable { get; private set; }

    /// <summary>Tracks the records from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is empty, or does not lie above all spans before it.</exception>
    public void Track(long first, long last)
    {
        if (first <= _lastTracked || last < first)
        {
            throw new ArgumentOutOfRangeException(
                nameof(first), $"offsets {first}..{last} after {_lastTracked}: spans must be non-empty and ascend");
        }

        if (Pending == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Pending) & (_ring.Length - 1)] = new Span(first, last);
        Pending++;
        _lastTracked = last;
    }

    /// <summary>Marks the span that begins at <paramref name="first"/> as finished.</summary>
    /// <exception cref="InvalidOperationException">No such span is unfinished.</exception>
    public void Finish(long first)
    {
        ref var span = ref Find(first);
        if (span.Finished)
        {
            throw new InvalidOperationException($"the span at offset {first} is finished already");
        }

        span.Finished = true;
        while (Pending > 0 && _ring[_head].Finished)
        {
            Committable = _ring[_head].Last + 1;
            _head = (_head + 1) & (_ring.Length - 1);
            Pending--;
        }
    }

    /// <summary>Gives <see cref="Committable"/> once for each of its values, so that nothing is committed twice.</summary>
    public bool TryTakeCommittable(out long offset)
    {
        offset = Committable ?? -1;
        if (offset <= _taken)
        {
            return false;
        }

        _taken = offset;
        return true;
    }

    private ref Span Find(long first)
    {
        int low = 0, high = Pending - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            ref var span = ref _ring[(_head + middle) & (_ring.Length - 1)];
            if (span.First == first)
            {
                return ref span;
            }

            if (span.First < first)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        throw new InvalidOperationException($"no unfinished span begins at offset {first}");
    }

    // The length stays a power of two, so that positions wrap by a mask.
    private void Grow()
    {
        var larger = new Span[_ring.Length * 2];
        for (var i = 0; i < Pending; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _head = 0;
    }

    private struct Span(long first, long last)
    {
        public readonly long First = first;
        public readonly long Last = last;
        public bool Finished;
    }
}
