using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// What is known of one process now: the mutable form behind <see cref="ProcessInfo"/>. Texts are owned. Threads of a
/// process share it; the kernel's <c>tgid</c> and birth time identify it.
/// </summary>
internal sealed class ProcessState(uint tgid, ulong startNs)
{
    private static readonly Utf8 Space = Utf8.From(" ");

    private Ancestor? _identity;

    public uint Tgid { get; } = tgid;

    /// <summary>CLOCK_BOOTTIME of birth; to the clock tick only while <see cref="StartIsCoarse"/>.</summary>
    public ulong StartNs { get; private set; } = startNs;

    /// <summary>Whether the birth time comes from /proc, which keeps hundredths of a second.</summary>
    public bool StartIsCoarse { get; init; }

    public uint ParentTgid { get; set; }

    public ProcessState? Parent { get; set; }

    public ProcessState? FirstChild { get; set; }

    public ProcessState? NextSibling { get; set; }

    public ProcessState? PreviousSibling { get; set; }

    public int VirtualPid { get; set; } = -1;

    public int SessionId { get; set; }

    public int VirtualProcessGroupId { get; set; } = -1;

    public uint Tty { get; set; }

    /// <summary>Inode number of the pid namespace; 0 unknown.</summary>
    public uint PidNamespace { get; set; }

    public ulong PidNamespaceStartNs { get; set; }

    public Utf8 Name { get; set; } = Utf8.Empty;

    public Utf8 Exe { get; set; } = Utf8.Empty;

    public Utf8 ExePath { get; set; } = Utf8.Empty;

    public Utf8[] Args { get; set; } = [];

    /// <summary>With a trailing slash.</summary>
    public Utf8 Cwd { get; set; } = Utf8.Empty;

    public uint Uid { get; set; }

    public uint Gid { get; set; }

    public long LoginUid { get; set; } = -1;

    public ulong CapPermitted { get; set; }

    public ulong CapEffective { get; set; }

    public ulong CapInheritable { get; set; }

    public ExeFlags ExeFlags { get; set; }

    public ulong ExeIno { get; set; }

    public ulong ExeCtimeNs { get; set; }

    public ulong ExeMtimeNs { get; set; }

    public Utf8 Cgroup { get; set; } = Utf8.Empty;

    public Utf8 ContainerId { get; set; } = State.ContainerId.Host;

    public FdTable Fds { get; set; } = new();

    /// <summary>CLONE_* of the last process or thread that it made.</summary>
    public ulong LastCloneFlags { get; set; }

    /// <summary>CLOCK_BOOTTIME of its leader's exit; 0 while it lives.</summary>
    public ulong ExitedNs { get; set; }

    /// <summary>CLOCK_BOOTTIME of its last event.</summary>
    public ulong SeenNs { get; set; }

    /// <summary>Whether something that <see cref="Info"/> shows has changed.</summary>
    public bool Dirty { get; set; } = true;

    /// <summary>The published form; valid unless <see cref="Dirty"/>, as of <see cref="Stamp"/>.</summary>
    public ProcessInfo? Info { get; set; }

    /// <summary>The tree's stamp at which <see cref="Info"/> was last found valid.</summary>
    public long Stamp { get; set; }

    /// <summary>The session leader that <see cref="Info"/> shows.</summary>
    public Ancestor? Session { get; set; }

    /// <summary>How descendants show this process; replaced when its program changes.</summary>
    public Ancestor Identity => _identity ??= new Ancestor(Tgid, Name, Exe, ExePath, CommandLine());

    /// <summary>Whether an event with this birth time is this process's; takes over the exact time.</summary>
    public bool IsBornAt(ulong startNs)
    {
        const ulong TickNs = 10_000_000;
        if (StartNs == startNs)
        {
            return true;
        }

        if (!StartIsCoarse || StartNs / TickNs != startNs / TickNs || StartNs % TickNs != 0)
        {
            return false;
        }

        StartNs = startNs;
        Dirty = true;
        return true;
    }

    /// <summary>A child as fork makes it: all of the parent but its ids.</summary>
    public ProcessState Fork(uint tgid, ulong startNs) => new(tgid, startNs)
    {
        ParentTgid = Tgid,
        SessionId = SessionId,
        VirtualProcessGroupId = VirtualProcessGroupId,
        Tty = Tty,
        PidNamespace = PidNamespace,
        PidNamespaceStartNs = PidNamespaceStartNs,
        Name = Name,
        Exe = Exe,
        ExePath = ExePath,
        Args = Args,
        Cwd = Cwd,
        Uid = Uid,
        Gid = Gid,
        LoginUid = LoginUid,
        CapPermitted = CapPermitted,
        CapEffective = CapEffective,
        CapInheritable = CapInheritable,
        ExeFlags = ExeFlags,
        ExeIno = ExeIno,
        ExeCtimeNs = ExeCtimeNs,
        ExeMtimeNs = ExeMtimeNs,
        Cgroup = Cgroup,
        ContainerId = ContainerId,
    };

    /// <summary>After its program changed.</summary>
    public void ResetIdentity()
    {
        _identity = null;
        Dirty = true;
    }

    // Built once per program, and only for processes that have descendants.
    private Utf8 CommandLine()
    {
        const int MaxBytes = 1024;
        var text = Name;
        foreach (var arg in Args)
        {
            if (text.Length >= MaxBytes)
            {
                break;
            }

            text = text.Concat(Space).Concat(arg);
        }

        return text.Length > MaxBytes ? text.Slice(0, MaxBytes).ToOwned() : text;
    }
}
