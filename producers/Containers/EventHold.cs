using Syscribe.Capture;
using Syscribe.Events;

namespace Syscribe.Containers;

/// <summary>
/// Holds the first events of a container back until its runtime has answered, a bounded time, so that they carry the
/// metadata too. The events of one process stay in order; those of other processes pass.
/// </summary>
/// <remarks>
/// Only events of containers that are being asked for the first time wait: a copy of each, up to a bound. Single-threaded
/// but for <see cref="Count"/> and the counters.
/// </remarks>
public sealed class EventHold
{
    private static readonly Utf8 Host = Utf8.From("host");

    private readonly ContainerMetadata _metadata;
    private readonly ContainerOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<Utf8, Waiting> _waiting = [];
    private readonly List<Waiting> _ready = [];
    private (ProcessInfo? Without, ProcessInfo? With) _last;
    private long _count;
    private long _waited;
    private long _timedOut;
    private long _overflowed;

    /// <param name="metadata">Where metadata comes from.</param>
    /// <param name="options">How long and how many wait.</param>
    /// <param name="time">Clock; null for the system's.</param>
    public EventHold(ContainerMetadata metadata, ContainerOptions options, TimeProvider? time = null)
    {
        _metadata = metadata;
        _options = options;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Events that wait now. Any thread may ask.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The counters of metadata and of waiting events. Any thread may ask.</summary>
    public ContainerCounters Counters => _metadata.Counters with
    {
        Waiting = Count,
        Waited = Volatile.Read(ref _waited),
        TimedOut = Volatile.Read(ref _timedOut),
        Overflowed = Volatile.Read(ref _overflowed),
    };

    /// <summary>Hands an event on, now or, as a copy, in a later call.</summary>
    public void Take(SyscallEvent syscall, SyscallEventHandler next)
    {
        if (syscall.Process is not { } process)
        {
            next(syscall);
            return;
        }

        if (_waiting.Count > 0 && Before(process) is { } waiting)
        {
            if (!IsReady(waiting))
            {
                Hold(waiting, syscall, next);
                return;
            }

            Release(waiting, next);
        }

        if (process is { Container: null, ContainerId.Length: > 0 } && process.ContainerId != Host)
        {
            switch (_metadata.Look(process.ContainerId, out var info))
            {
                case Knowledge.Known:
                    syscall.Process = With(process, info!); // Known comes with it.
                    break;
                case Knowledge.Asked when _options.Wait > TimeSpan.Zero:
                    var first = new Waiting(process.ContainerId.ToOwned(), _time.GetTimestamp());
                    _waiting.Add(first.Id, first);
                    Hold(first, syscall, next);
                    return;
            }
        }

        next(syscall);
    }

    /// <summary>Hands on the events whose metadata has come, or whose time is over. Called often: each call costs little where none wait.</summary>
    public void Release(SyscallEventHandler next)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        _ready.AddRange(_waiting.Values.Where(IsReady));
        _ready.ForEach(waiting => Release(waiting, next));
        _ready.Clear();
    }

    /// <summary>Hands on all events that wait, with what is known now.</summary>
    public void ReleaseAll(SyscallEventHandler next)
    {
        while (_waiting.Count > 0)
        {
            Release(_waiting.Values.First(), next);
        }
    }

    // The events that this process's next one must not overtake.
    private Waiting? Before(ProcessInfo process)
    {
        if (_waiting.TryGetValue(process.ContainerId, out var same))
        {
            return same;
        }

        foreach (var waiting in _waiting.Values)
        {
            if (waiting.Processes.Contains(process.Pid))
            {
                return waiting;
            }
        }

        return null;
    }

    private bool IsReady(Waiting waiting) =>
        _metadata.Look(waiting.Id, out _) != Knowledge.Asked || _time.GetElapsedTime(waiting.Since) >= _options.Wait;

    private void Hold(Waiting waiting, SyscallEvent syscall, SyscallEventHandler next)
    {
        waiting.Events.Enqueue(syscall.ToOwned());
        waiting.Processes.Add(syscall.Process!.Pid); // Take has looked.
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _waited, _waited + 1);
        if (_count > _options.MaxWaiting)
        {
            Release(waiting, next);
        }
    }

    private void Release(Waiting waiting, SyscallEventHandler next)
    {
        if (_metadata.Look(waiting.Id, out var info) == Knowledge.Asked)
        {
            ref var cause = ref _count > _options.MaxWaiting ? ref _overflowed : ref _timedOut;
            Volatile.Write(ref cause, cause + waiting.Events.Count);
            _metadata.GiveUp(waiting.Id);
        }

        _waiting.Remove(waiting.Id);
        while (waiting.Events.TryDequeue(out var syscall))
        {
            Volatile.Write(ref _count, _count - 1);
            if (info is not null && syscall.Process is { Container: null } process && process.ContainerId == waiting.Id)
            {
                syscall.Process = With(process, info);
            }

            next(syscall);
        }
    }

    // Events share their process, so that it is encoded once; so do these.
    private ProcessInfo With(ProcessInfo process, ContainerInfo info)
    {
        if (!ReferenceEquals(process, _last.Without) || !ReferenceEquals(_last.With!.Container, info))
        {
            _last = (process, process with { Container = info });
        }

        return _last.With!; // Set together with Without.
    }

    private sealed class Waiting(Utf8 id, long since)
    {
        public Utf8 Id { get; } = id;

        public long Since { get; } = since;

        public Queue<SyscallEvent> Events { get; } = [];

        public HashSet<long> Processes { get; } = [];
    }
}
