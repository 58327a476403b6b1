using Syscribe.Capture;
using Syscribe.Containers;

namespace Syscribe.Agent.Sources;

/// <summary>Where an agent's events come from. Read by one thread; stopped and counted from any.</summary>
internal interface IEventSource : IDisposable
{
    /// <summary>Hands over the events that are there, waiting up to <paramref name="timeout"/> for the first.</summary>
    /// <param name="timeout">Longest wait for the first event.</param>
    /// <param name="handler">Gets each event; the object is reused for the next.</param>
    /// <returns>False once the source has ended or was stopped, and all that it held is handed over.</returns>
    bool Read(TimeSpan timeout, SyscallEventHandler handler);

    /// <summary>Takes no more events from now on; those held are still read.</summary>
    void Stop();

    /// <summary>What the source has seen so far.</summary>
    SourceCounters Counters { get; }
}

/// <summary>
/// A source's counters: <c>Captured</c> = handed over + <c>Unread</c> + <c>Dropped</c>.
/// </summary>
internal sealed record SourceCounters
{
    /// <summary>Events that no filter excluded.</summary>
    public long Captured { get; init; }

    /// <summary>Of them: put into the kernel's ring, or read from the recording.</summary>
    public long Submitted { get; init; }

    /// <summary>Of them: still in the kernel's ring, or waiting for their container's metadata.</summary>
    public long Unread { get; init; }

    /// <summary>Of them: lost before they were handed over, by cause.</summary>
    public IReadOnlyDictionary<string, long> Dropped { get; init; } = new Dictionary<string, long>();

    /// <summary>Everything that the kernel's programs saw, filtered events included.</summary>
    public long Seen { get; init; }

    /// <summary>Excluded by system call, process or cgroup.</summary>
    public long Filtered { get; init; }

    /// <summary>Events that lack a part because user memory was not resident.</summary>
    public long ReadFaults { get; init; }

    /// <summary>Questions for containers and the events that waited for them.</summary>
    public ContainerCounters Containers { get; init; }

    /// <summary>Processes known.</summary>
    public long Processes { get; init; }

    /// <summary>Processes that had to be looked up in /proc.</summary>
    public long ProcessLookups { get; init; }

    /// <summary>Descriptors that had to be looked up in /proc.</summary>
    public long DescriptorLookups { get; init; }
}
