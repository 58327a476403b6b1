namespace Syscribe.Events;

/// <summary>Which table a system call number belongs to. Order is the Avro enum's.</summary>
public enum Abi
{
    /// <summary>The kernel's own calls (64-bit).</summary>
    Native,

    /// <summary>32-bit calls on a 64-bit kernel, which have numbers of their own.</summary>
    Compat32,

    /// <summary>io_uring operations, which make no system call.</summary>
    IoUring,

    /// <summary>Process events, which have no number.</summary>
    Process,
}

/// <summary>
/// One event of <c>syscalls.v1</c>: the C# form of <c>schemas/avro/syscall-event.avsc</c>, which says what each field means.
/// Mutable and reusable, so that a reader or writer of many events allocates nothing per event: texts are slices, and
/// the process, which seldom changes, is shared between events.
/// </summary>
/// <remarks>Not thread safe. After a decode, slices are valid until the payload's array changes.</remarks>
public sealed class SyscallEvent
{
    /// <summary>Event name, as <c>openat</c>.</summary>
    public Utf8 Type { get; set; }

    /// <summary>Counter of the agent run, from 1.</summary>
    public long Seq { get; set; }

    /// <summary>Nanoseconds since the Unix epoch.</summary>
    public long TimeNs { get; set; }

    /// <summary>CLOCK_BOOTTIME of the node, nanoseconds.</summary>
    public long KtimeNs { get; set; }

    /// <summary>Node name.</summary>
    public Utf8 Node { get; set; }

    /// <summary>Identity of the agent run.</summary>
    public long Run { get; set; }

    /// <summary>Processor, from 0.</summary>
    public int Cpu { get; set; }

    /// <summary>System call number or io_uring operation code; -1 for process events.</summary>
    public int Number { get; set; }

    /// <summary>The table that <see cref="Number"/> belongs to.</summary>
    public Abi Abi { get; set; }

    /// <summary>Thread id (the kernel's pid) in the host's pid namespace.</summary>
    public long ThreadId { get; set; }

    /// <summary>Return value or negated errno; null where there is none.</summary>
    public long? Return { get; set; }

    /// <summary>Parameters in order. The list is this event's own and is refilled.</summary>
    public List<Param> Params { get; } = new(16);

    /// <summary>First bytes of the call's buffer; null for calls without one.</summary>
    public Utf8 Data { get; set; }

    /// <summary>Whether <see cref="Fd"/> holds anything.</summary>
    public bool HasFd { get; set; }

    /// <summary>The event's descriptor; meaningful only with <see cref="HasFd"/>. The object is this event's own and is refilled.</summary>
    public Fd Fd { get; } = new();

    /// <summary>Whether <see cref="Env"/> is present (exec events).</summary>
    public bool HasEnv { get; set; }

    /// <summary>Environment of the new program, <c>K=V</c>. The list is this event's own and is refilled.</summary>
    public List<Utf8> Env { get; } = [];

    /// <summary>The acting process after the event; null where unknown. Shared between events, never changed once published.</summary>
    public ProcessInfo? Process { get; set; }

    /// <summary>A copy that owns its texts, so that it outlives the arrays behind this one; the process is shared.</summary>
    public SyscallEvent ToOwned()
    {
        var copy = new SyscallEvent
        {
            Type = Type.ToOwned(),
            Seq = Seq,
            TimeNs = TimeNs,
            KtimeNs = KtimeNs,
            Node = Node.ToOwned(),
            Run = Run,
            Cpu = Cpu,
            Number = Number,
            Abi = Abi,
            ThreadId = ThreadId,
            Return = Return,
            Data = Data.ToOwned(),
            HasFd = HasFd,
            HasEnv = HasEnv,
            Process = Process,
        };
        copy.Fd.CopyFrom(Fd);
        foreach (var param in Params)
        {
            copy.Params.Add(new Param(param.Name.ToOwned(), param.Value, param.Text.ToOwned(), param.Resolved.ToOwned()));
        }

        foreach (var variable in Env)
        {
            copy.Env.Add(variable.ToOwned());
        }

        return copy;
    }

    /// <summary>Makes this event as new, keeping its lists' memory.</summary>
    public void Clear()
    {
        Type = Node = Data = default;
        Seq = TimeNs = KtimeNs = Run = ThreadId = 0;
        Cpu = 0;
        Number = -1;
        Abi = Abi.Native;
        Return = null;
        Params.Clear();
        HasFd = false;
        Fd.Clear();
        HasEnv = false;
        Env.Clear();
        Process = null;
    }
}
