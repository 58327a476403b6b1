namespace Syscribe.Agent;

/// <summary>
/// What became of every event of an agent run, read at one moment. Events are counted before they are tried, so
/// <c>Captured = Published + InFlight + Dropped</c> at every moment, and <c>InFlight</c> is 0 once the agent has stopped.
/// </summary>
/// <param name="Captured">Events that the kernel saw and no filter excluded, or that a replayed file gave.</param>
/// <param name="Published">Records that the cluster has acknowledged.</param>
/// <param name="InFlight">Events on the way between kernel and acknowledgement.</param>
/// <param name="Dropped">Events that are lost, by cause (<see cref="DropCause"/>); causes that did not occur are 0.</param>
/// <param name="PublishedBytes">Keys and payloads of the published records, before compression.</param>
public sealed record AgentCounters(
    long Captured, long Published, long InFlight, IReadOnlyDictionary<string, long> Dropped, long PublishedBytes)
{
    /// <summary>All drops together.</summary>
    public long DroppedTotal => Dropped.Values.Sum();

    /// <summary>Whether captured = published + in flight + dropped.</summary>
    public bool IsBalanced => Captured == Published + InFlight + DroppedTotal;
}

/// <summary>Causes of a lost event, as counters, metrics and reports name them.</summary>
public static class DropCause
{
    /// <summary>The kernel's ring buffer was full: the agent, or the cluster behind it, was too slow.</summary>
    public const string RingFull = "ring_full";

    /// <summary>The kernel's record was longer than a record may be.</summary>
    public const string RecordSize = "record_size";

    /// <summary>The kernel program was entered again on the same processor while it was at work.</summary>
    public const string Scratch = "scratch";

    /// <summary>The kernel's record could not be read.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>The Avro record is longer than <c>message.max.bytes</c>.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The cluster refused the record, or did not answer within <c>message.timeout.ms</c>.</summary>
    public const string Delivery = "delivery";

    /// <summary>The agent was told to stop and the cluster did not take the rest in time.</summary>
    public const string Stopped = "stopped";

    /// <summary>All causes, in the order of an event's way.</summary>
    public static IReadOnlyList<string> All { get; } = [RingFull, RecordSize, Scratch, Corrupt, TooLarge, Delivery, Stopped];
}
