namespace Syscribe.Events;

/// <summary>
/// A process as its events carry it; field meanings in <c>syscall-event.avsc</c>. Immutable: a changed process is a new
/// object, so that its Avro form is made once and copied into every event (<see cref="Encoded"/>).
/// </summary>
public sealed record ProcessInfo
{
    public required long Pid { get; init; }

    public long VirtualPid { get; init; } = -1;

    public long ParentPid { get; init; }

    public long SessionId { get; init; }

    public long VirtualProcessGroupId { get; init; } = -1;

    public long Tty { get; init; }

    public Utf8 Name { get; init; } = Utf8.Empty;

    public Utf8 Exe { get; init; } = Utf8.Empty;

    public Utf8 ExePath { get; init; } = Utf8.Empty;

    public IReadOnlyList<Utf8> Args { get; init; } = [];

    public Utf8 Cwd { get; init; } = Utf8.Empty;

    public long UserId { get; init; }

    public Utf8 UserName { get; init; } = Utf8.Empty;

    public long LoginUserId { get; init; } = -1;

    public Utf8 LoginName { get; init; } = Utf8.Empty;

    public long GroupId { get; init; }

    public Utf8 GroupName { get; init; } = Utf8.Empty;

    public ulong CapPermitted { get; init; }

    public ulong CapEffective { get; init; }

    public ulong CapInheritable { get; init; }

    public ExeFlags ExeFlags { get; init; }

    public long ExeIno { get; init; }

    public long ExeCtimeNs { get; init; }

    public long ExeMtimeNs { get; init; }

    public long StartTimeNs { get; init; }

    public long PidnsStartNs { get; init; }

    public Utf8 SessionName { get; init; } = Utf8.Empty;

    public Utf8 SessionExe { get; init; } = Utf8.Empty;

    public Utf8 SessionExePath { get; init; } = Utf8.Empty;

    /// <summary>Nearest first, at most 16.</summary>
    public IReadOnlyList<Ancestor> Ancestors { get; init; } = [];

    /// <summary>First 12 hex digits, or <c>host</c>.</summary>
    public Utf8 ContainerId { get; init; } = Utf8.Empty;

    /// <summary>Null on the host, and until the runtime has told.</summary>
    public ContainerInfo? Container { get; init; }

    /// <summary>Name and arguments joined by blanks: Falco <c>proc.cmdline</c>. Made on first use.</summary>
    public Utf8 CommandLine
    {
        get
        {
            // Kept as one reference: several threads read a process that their events share, and one must not see half a text.
            var bytes = Derived.CommandLine ??= Joined(Name, Args);
            return new Utf8(bytes, 0, bytes.Length);
        }
    }

    /// <summary>This process in Avro binary, union branch included; made by the codec on first use.</summary>
    internal byte[]? Encoded
    {
        get => Derived.Encoded;
        set => Derived.Encoded = value;
    }

    // A `with` copy starts with the original's cache, whose owner tells that it is not the copy's.
    private Cache Derived => field is { } cache && ReferenceEquals(cache.Owner, this) ? cache : field = new Cache(this);

    private static byte[] Joined(Utf8 first, IReadOnlyList<Utf8> rest)
    {
        var length = first.Length;
        foreach (var part in rest)
        {
            length += 1 + part.Length;
        }

        var joined = new byte[length];
        first.Span.CopyTo(joined);
        var at = first.Length;
        foreach (var part in rest)
        {
            joined[at++] = (byte)' ';
            part.Span.CopyTo(joined.AsSpan(at));
            at += part.Length;
        }

        return joined;
    }

    private sealed class Cache(ProcessInfo owner)
    {
        public ProcessInfo Owner { get; } = owner;

        public byte[]? CommandLine { get; set; }

        public byte[]? Encoded { get; set; }
    }
}

/// <summary>What was known of a program's file at exec. Bits are Falco's.</summary>
[Flags]
public enum ExeFlags
{
    None = 0,
    Writable = 1,
    UpperLayer = 2,
    FromMemfd = 4,
    LowerLayer = 8,
}

/// <summary>One ancestor process.</summary>
public sealed record Ancestor(long Pid, Utf8 Name, Utf8 Exe, Utf8 ExePath, Utf8 CommandLine);

/// <summary>What the container runtime says of a container.</summary>
public sealed record ContainerInfo
{
    public required Utf8 Name { get; init; }

    public Utf8 ImageRepository { get; init; } = Utf8.Empty;

    public Utf8 ImageTag { get; init; } = Utf8.Empty;

    public Utf8 ImageDigest { get; init; } = Utf8.Empty;

    public Utf8 ImageId { get; init; } = Utf8.Empty;

    public Utf8 Runtime { get; init; } = Utf8.Empty;

    /// <summary>Null where the runtime does not say.</summary>
    public bool? Privileged { get; init; }

    public long StartTimeNs { get; init; }

    public IReadOnlyList<Mount> Mounts { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>One bind mount of a container.</summary>
public sealed record Mount(Utf8 Source, Utf8 Destination, Utf8 Mode, bool Writable, Utf8 Propagation);
