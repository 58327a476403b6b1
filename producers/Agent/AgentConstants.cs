namespace Syscribe.Agent;

/// <summary>Defaults and bounds, each with its unit and who pays.</summary>
internal static class AgentConstants
{
    /// <summary>
    /// MiB of kernel memory: about a second of 10^5 events of 300 bytes. The agent maps it twice, so twice as much is resident.
    /// </summary>
    public const int RingMegabytes = 32;

    /// <summary>Bytes kept of a buffer, Falco's snap length.</summary>
    public const int DataBytes = 80;

    /// <summary>How long a stop waits for the cluster.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The most that a container's first events may wait for its metadata: longer, and they come too late to act on.</summary>
    public static readonly TimeSpan LongestContainerWait = TimeSpan.FromSeconds(30);

    /// <summary>How often a cluster that is away is named again.</summary>
    public static readonly TimeSpan RemindInterval = TimeSpan.FromSeconds(30);

    /// <summary>Records between two looks at what the cluster has acknowledged; a look at an empty queue costs about 100 ns.</summary>
    public const int RecordsPerServe = 256;

    /// <summary>
    /// Producer settings in which the agent differs from Syscribe's other producers; what the user gives by name wins.
    /// A record is never given up for its age: while the cluster is away the queue fills, then the kernel's ring, and what
    /// came first is kept. The queue is a quarter of theirs: the ring holds the same events in a fifth of the memory.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> Producer = new Dictionary<string, string>
    {
        ["message.timeout.ms"] = "0",
        ["queue.buffering.max.kbytes"] = "16384",
        ["client.id"] = "syscribe-agent",
    };
}
