using Syscribe.Capture;
using Syscribe.Libbpf;

namespace Syscribe.Agent.Sources;

/// <summary>The live system calls of this machine.</summary>
internal sealed class LiveSource : IEventSource
{
    private const int LastPolls = 200;
    private static readonly TimeSpan LastWait = TimeSpan.FromMilliseconds(5);

    private readonly CaptureSession _session;
    private volatile bool _stopped;

    private LiveSource(CaptureSession session) => _session = session;

    /// <summary>Begins to capture.</summary>
    /// <exception cref="AgentException">The kernel refuses, or an option names no system call.</exception>
    public static LiveSource Open(AgentOptions options)
    {
        var capture = new CaptureOptions
        {
            RingBytes = options.RingMegabytes << 20,
            DataBytes = options.DataBytes,
            OnlySyscalls = options.OnlySyscalls,
            ExcludedSyscalls = options.ExcludeSyscalls,
            IgnoredProcesses = options.ExcludeProcesses,
            Node = options.Node,
        };
        try
        {
            var session = CaptureSession.Open(capture);
            foreach (var program in session.MissingPrograms)
            {
                options.Say($"this kernel has no tracepoint for BPF program {program}; what it would see is missing.");
            }

            return new LiveSource(session);
        }
        catch (BpfException refused)
        {
            throw new AgentException(
                $"{refused.Message} Capture needs a kernel with BTF and root, or {string.Join(", ", Privileges.Capabilities.Kept.Values)}.",
                refused);
        }
        catch (ArgumentException unknown)
        {
            // Without the name of our parameter, which .NET appends.
            throw new AgentException(unknown.Message.Split(" (Parameter '")[0], unknown);
        }
        catch (DllNotFoundException missing)
        {
            throw new AgentException($"Capture needs libbpf, which does not load: {missing.Message} Debian: apt-get install libbpf1", missing);
        }
    }

    /// <inheritdoc />
    public SourceCounters Counters
    {
        get
        {
            var c = _session.Counters;
            return new SourceCounters
            {
                // A birth changes the state and makes no event; one that is still in the ring counts until it is read.
                Captured = c.Submitted - c.StateOnly + c.Dropped,
                Submitted = c.Submitted,
                Unread = c.Submitted - c.Events - c.StateOnly - c.DecodeErrors,
                Seen = c.Seen,
                Filtered = c.Filtered,
                ReadFaults = c.ReadFaults,
                Processes = c.Processes,
                ProcessLookups = c.ProcessLookups,
                DescriptorLookups = c.FdLookups,
                Dropped = new Dictionary<string, long>
                {
                    [DropCause.RingFull] = c.DroppedFull,
                    [DropCause.RecordSize] = c.DroppedSize,
                    [DropCause.Scratch] = c.DroppedScratch,
                    [DropCause.Corrupt] = c.DecodeErrors,
                },
            };
        }
    }

    /// <inheritdoc />
    public bool Read(TimeSpan timeout, SyscallEventHandler handler)
    {
        if (!_stopped)
        {
            _session.Poll(timeout, handler);
            return true;
        }

        // A program that began before the pause may still be writing its record on another processor, and the ring gives
        // nothing beyond a record that is being written.
        for (var tries = 0; tries < LastPolls && Counters.Unread > 0; tries++)
        {
            _session.Poll(LastWait, handler);
        }

        return false;
    }

    /// <inheritdoc />
    public void Stop()
    {
        _session.Pause();
        _stopped = true;
    }

    /// <inheritdoc />
    public void Dispose() => _session.Dispose();
}
