using Syscribe.Capture.Records;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// All processes of the node by id and birth time: begun with a scan of /proc, kept by fork, exec and exit.
/// </summary>
/// <remarks>
/// Bounded: beyond <see cref="MaxProcesses"/> a process is looked up in /proc for each of its events and not kept. One
/// that has ended is kept <see cref="KeepExitedNs"/> longer, for late events and for its children's ancestor lists.
/// </remarks>
internal sealed class ProcessTree(IProcessSource source, ProcessInfoBuilder builder)
{
    /// <summary>About 1 KiB each.</summary>
    public const int MaxProcesses = 131_072;

    public const ulong KeepExitedNs = 10_000_000_000;

    private readonly Dictionary<uint, ProcessState> _processes = [];
    private readonly Queue<ProcessState> _exited = [];
    private ProcessState? _last;

    // Moves whenever a process changes that others may show as ancestor or session leader.
    private long _stamp = 1;

    /// <summary>Inode number of the host's pid namespace.</summary>
    public uint HostPidNamespace => source.HostPidNamespace;

    /// <summary>Processes known, ended ones that are still kept included.</summary>
    public int Count => _processes.Count;

    /// <summary>Looked up in /proc because no event told of them.</summary>
    public long LookedUp { get; private set; }

    /// <summary>Not kept because the table is full.</summary>
    public long NotKept { get; private set; }

    /// <summary>Fills the tree from /proc.</summary>
    public void Scan()
    {
        foreach (var state in source.ReadAll())
        {
            _processes[state.Tgid] = state;
        }

        foreach (var state in _processes.Values)
        {
            Link(state, _processes.GetValueOrDefault(state.ParentTgid));
            state.PidNamespaceStartNs = NamespaceStart(state);
        }
    }

    /// <summary>The process with this id, if known.</summary>
    public ProcessState? Find(uint tgid) => _processes.GetValueOrDefault(tgid);

    /// <summary>The acting process of an event, brought up to date with the event's header.</summary>
    public ProcessState Acting(in EventHeader header)
    {
        var state = _last;
        if (state is null || state.Tgid != header.Tgid || state.StartNs != header.StartNs)
        {
            state = _processes.TryGetValue(header.Tgid, out var known) && known.IsBornAt(header.StartNs) ? known : LookUp(header);
            _last = state;
        }

        state.SeenNs = header.KtimeNs;
        if (state.ParentTgid != header.ParentTgid)
        {
            Reparent(state, header.ParentTgid);
        }

        if (state.Uid != header.EffectiveUid || state.Gid != header.EffectiveGid)
        {
            state.Uid = header.EffectiveUid;
            state.Gid = header.EffectiveGid;
            state.Dirty = true;
        }

        return state;
    }

    /// <summary>A process was born; a new thread changes nothing.</summary>
    /// <returns>The child.</returns>
    public ProcessState Fork(ProcessState parent, ForkBlock fork, ulong startNs)
    {
        if (fork.Tgid == parent.Tgid)
        {
            return parent;
        }

        if (_processes.TryGetValue(fork.Tgid, out var known) && known.IsBornAt(startNs))
        {
            // Born between attach and scan: what the scan found is newer, and its children hang on that object.
            return known;
        }

        const ulong CloneFiles = 0x400;
        var child = parent.Fork(fork.Tgid, startNs);
        child.Fds = (fork.CloneFlags & CloneFiles) != 0 ? parent.Fds : parent.Fds.Fork();
        Keep(child);
        Link(child, parent);
        return child;
    }

    /// <summary>Tells that the program, session or parent of a process changed.</summary>
    public void Changed(ProcessState state)
    {
        state.ResetIdentity();
        _stamp++;
    }

    /// <summary>What is known of containers has changed.</summary>
    public void ContainersChanged()
    {
        foreach (var state in _processes.Values)
        {
            state.Dirty |= state.ContainerId != ContainerId.Host;
        }
    }

    /// <summary>The leader of a process has ended.</summary>
    public void Exit(ProcessState state, ulong ktimeNs)
    {
        state.ExitedNs = ktimeNs;
        state.Fds = new FdTable();
        _exited.Enqueue(state);
        for (var child = state.FirstChild; child is not null;)
        {
            var next = child.NextSibling;
            if (child.ExitedNs == 0 && source.ReadParent(child.Tgid) is { } reaper && reaper != state.Tgid)
            {
                Reparent(child, reaper);
            }

            child = next;
        }
    }

    /// <summary>Forgets processes that ended long enough before <paramref name="ktimeNs"/>.</summary>
    public void Expire(ulong ktimeNs)
    {
        while (_exited.TryPeek(out var state) && state.ExitedNs + KeepExitedNs < ktimeNs)
        {
            _exited.Dequeue();
            if (state.SeenNs + KeepExitedNs >= ktimeNs)
            {
                // Threads outlive their leader.
                state.ExitedNs = ktimeNs;
                _exited.Enqueue(state);
                continue;
            }

            if (_processes.TryGetValue(state.Tgid, out var known) && ReferenceEquals(known, state))
            {
                _processes.Remove(state.Tgid);
            }

            Unlink(state);
            _last = ReferenceEquals(_last, state) ? null : _last;
        }
    }

    /// <summary>The published form of a process, made anew only if something that it shows has changed.</summary>
    public ProcessInfo Info(ProcessState state)
    {
        if (!state.Dirty && state.Stamp == _stamp && state.Info is { } info)
        {
            return info;
        }

        var session = SessionLeader(state);
        if (state.Dirty || !ReferenceEquals(session?.Identity, state.Session) || !builder.ShowsAncestorsOf(state))
        {
            state.Session = session?.Identity;
            state.Info = builder.Build(state);
            state.Dirty = false;
        }

        state.Stamp = _stamp;
        return state.Info!; // Built above or before: a state without one is dirty.
    }

    private ProcessState? SessionLeader(ProcessState state)
    {
        if (state.PidNamespace == source.HostPidNamespace && _processes.TryGetValue((uint)state.SessionId, out var leader))
        {
            return leader;
        }

        ProcessState? oldest = null;
        for (var at = state; at is not null && at.SessionId == state.SessionId && at.PidNamespace == state.PidNamespace; at = at.Parent)
        {
            oldest = at;
        }

        return oldest;
    }

    private ProcessState LookUp(in EventHeader header)
    {
        LookedUp++;
        var state = source.Read(header.Tgid);
        if (state is null || !state.IsBornAt(header.StartNs))
        {
            // It has ended, or another process has its id by now. Until its exec it was as its parent; nothing else is known.
            state = _processes.GetValueOrDefault(header.ParentTgid)?.Fork(header.Tgid, header.StartNs)
                ?? new ProcessState(header.Tgid, header.StartNs) { ParentTgid = header.ParentTgid };
        }

        Keep(state);
        Link(state, _processes.GetValueOrDefault(state.ParentTgid));
        state.PidNamespaceStartNs = NamespaceStart(state);
        return state;
    }

    private void Keep(ProcessState state)
    {
        if (_processes.Count >= MaxProcesses && !_processes.ContainsKey(state.Tgid))
        {
            NotKept++;
            return;
        }

        if (_processes.TryGetValue(state.Tgid, out var former))
        {
            // Its end went unseen, and its id is in use again.
            Unlink(former);
        }

        _processes[state.Tgid] = state;
    }

    private ulong NamespaceStart(ProcessState state)
    {
        if (state.PidNamespace == 0 || state.PidNamespace == source.HostPidNamespace)
        {
            return 0;
        }

        for (var at = state; at is not null && at.PidNamespace == state.PidNamespace; at = at.Parent)
        {
            if (at.VirtualPid == 1)
            {
                return at.StartNs;
            }
        }

        return 0;
    }

    private void Reparent(ProcessState state, uint parentTgid)
    {
        Unlink(state);
        state.ParentTgid = parentTgid;
        Link(state, parentTgid == 0 ? null : _processes.GetValueOrDefault(parentTgid) ?? FromProc(parentTgid));
        state.Dirty = true;
        _stamp++;
    }

    private ProcessState? FromProc(uint tgid)
    {
        if (source.Read(tgid) is not { } state)
        {
            return null;
        }

        LookedUp++;
        Keep(state);
        Link(state, _processes.GetValueOrDefault(state.ParentTgid));
        return state;
    }

    private static void Link(ProcessState child, ProcessState? parent)
    {
        if (parent is null || ReferenceEquals(parent, child))
        {
            return;
        }

        child.Parent = parent;
        child.NextSibling = parent.FirstChild;
        if (parent.FirstChild is { } first)
        {
            first.PreviousSibling = child;
        }

        parent.FirstChild = child;
    }

    private static void Unlink(ProcessState child)
    {
        if (child.PreviousSibling is { } previous)
        {
            previous.NextSibling = child.NextSibling;
        }
        else if (child.Parent is { } parent && ReferenceEquals(parent.FirstChild, child))
        {
            parent.FirstChild = child.NextSibling;
        }

        if (child.NextSibling is { } next)
        {
            next.PreviousSibling = child.PreviousSibling;
        }

        child.NextSibling = child.PreviousSibling = null;
        child.Parent = null;
    }
}
