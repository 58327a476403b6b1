using Syscribe.Capture;
using Syscribe.Containers;
using Syscribe.Events;
using Syscribe.Libbpf;

namespace Syscribe.Agent.Sources;

/// <summary>The live system calls of this machine.</summary>
internal sealed class LiveSource : IEventSource
{
    private const int LastPolls = 200;
    private static readonly TimeSpan LastWait = TimeSpan.FromMilliseconds(5);

    private readonly CaptureSession _session;
    private readonly ContainerMetadata? _containers;
    private readonly EventHold? _hold;
    private readonly SyscallEventHandler _take;
    private SyscallEventHandler? _handler;
    private long _containersVersion;
    private volatile bool _stopped;

    private LiveSource(CaptureSession session, ContainerMetadata? containers, ContainerOptions? options)
    {
        _session = session;
        _containers = containers;
        _hold = containers is not null && options is not null ? new EventHold(containers, options) : null;
        _take = Take;
    }

    /// <summary>Begins to capture.</summary>
    /// <exception cref="AgentException">The kernel refuses, or an option names no system call.</exception>
    public static LiveSource Open(AgentOptions options)
    {
        var containers = options.Containers is { } given ? ContainerMetadata.Start(given, options.Say) : null;
        try
        {
            return Open(options, containers);
        }
        catch
        {
            End(containers);
            throw;
        }
    }

    private static LiveSource Open(AgentOptions options, ContainerMetadata? containers)
    {
        var capture = new CaptureOptions
        {
            Containers = containers,
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

            return new LiveSource(session, containers, options.Containers);
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
            var containers = _hold?.Counters ?? default;
            return new SourceCounters
            {
                // A birth changes the state and makes no event; one that is still in the ring counts until it is read.
                Captured = c.Submitted - c.StateOnly + c.Dropped,
                Submitted = c.Submitted,
                Unread = InRing(c) + containers.Waiting,
                Containers = containers,
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
            Poll(timeout, handler);
            _hold?.Release(handler);
            return true;
        }

        // A program that began before the pause may still be writing its record on another processor, and the ring gives
        // nothing beyond a record that is being written.
        for (var tries = 0; tries < LastPolls && InRing(_session.Counters) > 0; tries++)
        {
            Poll(LastWait, handler);
        }

        _hold?.ReleaseAll(handler);
        return false;
    }

    /// <inheritdoc />
    public void Stop()
    {
        _session.Pause();
        _stopped = true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _session.Dispose();
        End(_containers);
    }

    private static long InRing(in CaptureCounters c) => c.Submitted - c.Events - c.StateOnly - c.DecodeErrors;

    // Bounded by the cancellation of its calls; there is no thread here to come back to.
    private static void End(ContainerMetadata? containers) => containers?.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Poll(TimeSpan timeout, SyscallEventHandler handler)
    {
        if (_hold is null)
        {
            _session.Poll(timeout, handler);
            return;
        }

        if (_containers!.Version is var version && version != _containersVersion) // There with the hold.
        {
            _containersVersion = version;
            _session.ContainersChanged();
        }

        _handler = handler;
        _session.Poll(timeout, _take);
    }

    private void Take(SyscallEvent syscall) => _hold!.Take(syscall, _handler!); // Poll has looked.
}
