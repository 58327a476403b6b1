namespace Syscribe.Pipeline.Consuming;

/// <summary>
/// The offsets of one batch: what travels through the pipeline to its end, when the records themselves are no longer
/// needed. <see cref="Finish"/> is called once, after everything made from these records is acknowledged.
/// </summary>
public sealed class BatchOffsets
{
    private readonly OffsetTracker _tracker;
    private readonly (PartitionOffsets Offsets, long First)[] _spans;

    internal BatchOffsets(OffsetTracker tracker, (PartitionOffsets, long)[] spans)
    {
        _tracker = tracker;
        _spans = spans;
    }

    /// <summary>
    /// Everything made from this batch is acknowledged: its offsets may be committed. Any thread. Without effect for
    /// partitions that this consumer no longer owns.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is finished already.</exception>
    public void Finish() => _tracker.Finish(_spans);
}
