using Syscribe.Events;

namespace Syscribe.Training.Data;

/// <summary>One ancestor of a draft's process.</summary>
internal sealed record DraftAncestor(string Name, string Path, string Args);

/// <summary>The container of a draft's process.</summary>
/// <param name="Id">12 hex digits.</param>
/// <param name="Image">Repository; null while the runtime has not told.</param>
/// <param name="Name">Container name.</param>
internal sealed record DraftContainer(string Id, string? Image, string Name);

/// <summary>
/// What an event says, before it is given the form of one system call: the same draft written as <c>rename</c> and as
/// <c>renameat2</c> is the same intent twice.
/// </summary>
internal sealed class Draft
{
    public string Call { get; set; } = "open";

    /// <summary>The call whose form the event takes, where that is not its own: a call that no kernel has.</summary>
    public string? Form { get; set; }

    /// <summary>Null where the result is not known; a descriptor's number is <see cref="FdNum"/> and not this.</summary>
    public long? Return { get; set; } = 0;

    public string Name { get; set; } = "sh";

    public string Exe { get; set; } = "sh";

    public string ExePath { get; set; } = "/bin/sh";

    /// <summary>Arguments behind argv[0], joined by blanks.</summary>
    public string Args { get; set; } = "";

    public string Cwd { get; set; } = "/";

    public long Uid { get; set; }

    public string User { get; set; } = "root";

    public long LoginUid { get; set; } = -1;

    public string LoginName { get; set; } = "<NA>";

    public long Tty { get; set; }

    public ExeFlags ExeFlags { get; set; }

    public List<DraftAncestor> Ancestors { get; set; } = [];

    /// <summary>Null on the host.</summary>
    public DraftContainer? Container { get; set; }

    public List<string> Env { get; set; } = [];

    public string? Path { get; set; }

    /// <summary>The path as passed; null for the same.</summary>
    public string? RawPath { get; set; }

    public string? Path2 { get; set; }

    /// <summary>Names of constants joined by |, of the call's main flags, mode, request, command or domain.</summary>
    public string Flags { get; set; } = "";

    /// <summary>A text that the call names, as a module's arguments.</summary>
    public string? Text { get; set; }

    public string? FdType { get; set; }

    public long FdNum { get; set; } = 3;

    public byte[]? ServerIp { get; set; }

    public int ServerPort { get; set; }

    public byte[] ClientIp { get; set; } = [10, 0, 0, 5];

    public int ClientPort { get; set; } = 40000;

    /// <summary>The process id in its own namespace: 1 for a container's first program.</summary>
    public long VirtualPid { get; set; } = 4321;

    /// <summary>Whether the container runs privileged.</summary>
    public bool Privileged { get; set; }

    /// <summary>Capabilities as bits, permitted and effective alike.</summary>
    public ulong Capabilities { get; set; }

    /// <summary>tcp or udp.</summary>
    public string Protocol { get; set; } = "tcp";

    /// <summary>Seconds since the process's start.</summary>
    public long Age { get; set; } = 1;

    /// <summary>Parameters that the call's form does not set, or sets otherwise.</summary>
    public Dictionary<string, string> Extra { get; set; } = [];

    public bool Failed => Return < 0;

    public Draft Clone()
    {
        var copy = (Draft)MemberwiseClone();
        copy.Ancestors = [.. Ancestors];
        copy.Env = [.. Env];
        copy.Extra = new Dictionary<string, string>(Extra);
        return copy;
    }

    /// <summary>Takes over who acts from a recorded process: all that is not the call's own.</summary>
    public void TakeProcess(ProcessInfo process)
    {
        (Name, Exe, ExePath, Cwd) = (process.Name.ToString(), process.Exe.ToString(), process.ExePath.ToString(), process.Cwd.ToString());
        Args = string.Join(' ', process.Args.Select(arg => arg.ToString()));
        (Uid, User, LoginUid, LoginName) = (process.UserId, process.UserName.ToString(), process.LoginUserId, process.LoginName.ToString());
        (Tty, ExeFlags) = (process.Tty, process.ExeFlags);
        Ancestors = [.. process.Ancestors.Select(a => new DraftAncestor(a.Name.ToString(), a.ExePath.ToString(), ""))];
        var id = process.ContainerId.ToString();
        Container = id is "host" or "" ? null : new DraftContainer(id, process.Container?.ImageRepository.ToString(), "c");
    }

    /// <summary>Writes the draft in its call's form.</summary>
    public SyscallEvent ToEvent()
    {
        var e = new SyscallEvent
        {
            Type = Utf8.From(Call),
            Seq = 1,
            TimeNs = 1_700_000_000_000_000_000,
            ThreadId = 4321,
            Return = Return,
            Abi = Call.StartsWith("io_uring.", StringComparison.Ordinal) ? Abi.IoUring : Abi.Native,
            Process = Process(),
        };
        CallLayouts.Write(this, e);
        foreach (var (name, value) in Extra)
        {
            var param = new Param(Utf8.From(name), null, Utf8.From(value), default);
            var index = e.Params.FindIndex(p => p.Name == param.Name);
            if (index >= 0)
            {
                e.Params[index] = param;
            }
            else
            {
                e.Params.Add(param);
            }
        }

        return e;
    }

    private ProcessInfo Process() => new()
    {
        Pid = 4321,
        VirtualPid = VirtualPid,
        VirtualProcessGroupId = VirtualPid,
        CapPermitted = Capabilities,
        CapEffective = Capabilities,
        ParentPid = 4000,
        Tty = Tty,
        Name = Utf8.From(Cut(Name)),
        Exe = Utf8.From(Exe),
        ExePath = Utf8.From(ExePath),
        Args = Args.Length == 0 ? [] : [Utf8.From(Args)],
        Cwd = Utf8.From(Cwd),
        UserId = Uid,
        UserName = Utf8.From(User),
        LoginUserId = LoginUid,
        LoginName = Utf8.From(LoginName),
        GroupId = Uid,
        GroupName = Utf8.From(User),
        ExeFlags = ExeFlags,
        ExeIno = 99,
        StartTimeNs = 1_700_000_000_000_000_000 - (Age * 1_000_000_000),
        Ancestors = [.. Ancestors.Select((a, i) => new Ancestor(4000 - i, Utf8.From(Cut(a.Name)), Utf8.From(a.Path), Utf8.From(a.Path), Utf8.From($"{a.Name} {a.Args}")))],
        ContainerId = Utf8.From(Container?.Id ?? "host"),
        Container = Container?.Image is null ? null : new ContainerInfo
        {
            Name = Utf8.From(Container.Name),
            ImageRepository = Utf8.From(Container.Image),
            ImageTag = Utf8.From("latest"),
            Runtime = Utf8.From("containerd"),
            Privileged = Privileged,
        },
    };

    // The kernel's limit of a command's name.
    private static string Cut(string name) => name.Length <= 15 ? name : name[..15];
}
