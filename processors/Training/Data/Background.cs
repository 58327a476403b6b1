using Syscribe.Events;

namespace Syscribe.Training.Data;

/// <summary>Ordinary events: programs, users, places and objects as on a working machine, at random.</summary>
internal sealed class Background(Vocabulary words)
{
    private static readonly HashSet<string> Busybox = ["ash", "sh", "wget", "nc", "vi", "cat", "ls", "mount", "head", "tail", "sed", "awk", "grep", "ps", "top"];
    private static readonly string[] Shells = ["bash", "sh", "dash", "zsh", "fish", "ash"];
    private static readonly string[] Tops = ["systemd", "containerd-shim", "init", "conmon", "sshd", "cron"];
    private static readonly string[] BinDirectories = ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/usr/lib/systemd", "/opt/app/bin", "/usr/libexec", "/sbin"];
    private static readonly string[] OpenFlags =
    [
        "O_RDONLY", "O_RDONLY|O_CLOEXEC", "O_NONBLOCK|O_RDONLY|O_CLOEXEC", "O_LARGEFILE|O_RDONLY", "O_DIRECTORY|O_NONBLOCK|O_RDONLY|O_CLOEXEC",
        "O_WRONLY", "O_TRUNC|O_WRONLY", "O_TRUNC|O_WRONLY|O_CLOEXEC", "O_TRUNC|O_RDWR", "O_TRUNC|O_CREAT|O_WRONLY", "O_TRUNC|O_CREAT|O_WRONLY|O_CLOEXEC", "O_APPEND|O_CREAT|O_WRONLY", "O_CREAT|O_RDWR",
        "O_CREAT|O_RDWR|O_CLOEXEC", "O_RDWR", "O_RDWR|O_CLOEXEC", "O_TRUNC|O_CREAT|O_WRONLY|O_F_CREATED", "O_CREAT|O_WRONLY|O_F_CREATED", "O_APPEND|O_CREAT|O_WRONLY|O_F_CREATED",
        "O_APPEND|O_WRONLY", "O_CREAT|O_WRONLY|O_F_CREATED|FD_UPPER_LAYER", "O_RDONLY|FD_LOWER_LAYER",
        "O_EXCL|O_CREAT|O_RDWR|O_CLOEXEC|O_F_CREATED",
    ];

    private static readonly string[] Modes = ["0644", "0755", "0600", "0700", "0640", "0775", "0777", "1777", "2755", "0444"];
    private static readonly string[] Requests =
    [
        "PTRACE_PEEKDATA", "PTRACE_CONT", "PTRACE_GETREGS", "PTRACE_DETACH", "PTRACE_SYSCALL", "PTRACE_GETREGSET", "PTRACE_SETOPTIONS",
        "PTRACE_PEEKTEXT", "PTRACE_GETSIGINFO", "PTRACE_INTERRUPT", "PTRACE_LISTEN", "PTRACE_PEEKUSR", "PTRACE_TRACEME",
    ];

    private static readonly string[] Domains = ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_ALG", "AF_VSOCK", "AF_BLUETOOTH", "AF_LOCAL"];
    private static readonly string[] BpfCommands = ["BPF_MAP_CREATE", "BPF_MAP_LOOKUP_ELEM", "BPF_MAP_UPDATE_ELEM", "BPF_OBJ_GET", "BPF_PROG_QUERY", "BPF_LINK_CREATE", "BPF_OBJ_GET_INFO_BY_FD", "BPF_MAP_DELETE_ELEM", "BPF_BTF_LOAD", "BPF_PROG_ATTACH"];
    private static readonly string[] UnshareFlags = ["CLONE_FILES", "CLONE_FS", "CLONE_SYSVSEM", "CLONE_FILES|CLONE_FS"];
    private static readonly string[] Namespaces = ["CLONE_NEWNET", "CLONE_NEWNS", "CLONE_NEWPID", "CLONE_NEWUTS", "CLONE_NEWIPC", "CLONE_NEWUSER"];
    private static readonly string[] FdTypes = ["file", "file", "file", "file", "directory", "pipe", "unix", "ipv4", "ipv6", "eventpoll", "event", "timerfd", "inotify", "netlink", "memfd", "pidfd", "io_uring"];
    private static readonly string[] PlainFlags = ["MAP_PRIVATE", "MAP_SHARED|MAP_ANONYMOUS", "MFD_CLOEXEC", "AT_EMPTY_PATH", "SOCK_CLOEXEC", "CLONE_VM|CLONE_VFORK", "CLONE_THREAD|CLONE_VM|CLONE_SIGHAND|CLONE_FS|CLONE_FILES", "PROT_READ", "IN_MODIFY"];
    private static readonly string[] UnixPaths = ["/run/dbus/system_bus_socket", "/run/systemd/notify", "/run/systemd/journal/socket", "/dev/log", "/run/nscd/socket", "/var/run/postgresql/.s.PGSQL.5432", "/tmp/.X11-unix/X0", "/run/user/1000/bus", "/run/mysqld/mysqld.sock", "/run/docker.sock", "/run/containerd/containerd.sock"];
    private static readonly int[] Ports = [80, 443, 53, 22, 5432, 6379, 3306, 8080, 9092, 123, 25, 389, 4444, 8443, 27017, 9200];

    // Share of processes that are recorded ones.
    private const double RecordedProcesses = 0.3;

    public Vocabulary Words { get; } = words;

    /// <summary>A process, and an object of the kind that the call takes.</summary>
    public Draft Make(string call)
    {
        var draft = new Draft { Call = call };
        SetProgram(draft, Words.Program());
        draft.Args = call.StartsWith("exec", StringComparison.Ordinal) || Words.Chance(0.6) ? Words.Arguments() : "";
        draft.Cwd = (Words.Chance(0.3) ? "/" : Words.Directory() + "/").Replace("//", "/", StringComparison.Ordinal);
        SetUser(draft);
        draft.Tty = Words.Chance(0.2) ? 34816 + Words.Random.Next(8) : 0;
        draft.Container = Words.Chance(0.4) ? NewContainer() : null;
        draft.ExeFlags = (Words.Chance(draft.Uid == 0 ? 0.55 : 0.1) ? ExeFlags.Writable : 0) | (draft.Container is null ? 0 : Words.Chance(0.08) ? ExeFlags.UpperLayer : ExeFlags.LowerLayer);
        for (var i = 1 + Words.Random.Next(Words.Chance(0.3) ? Words.Chance(0.3) ? 12 : 7 : 4); i > 0; i--)
        {
            draft.Ancestors.Add(NewAncestor(Words.Chance(0.25) ? Words.Pick(Shells) : Words.Chance(0.04) ? $"memfd:{Words.Word()}" : Words.Program()));
        }

        draft.Ancestors.Add(NewAncestor(Words.Pick(Tops)));
        if (Words.Chance(0.06))
        {
            // A process that was there before the agent, or whose parent is gone.
            draft.Ancestors.RemoveRange(0, draft.Ancestors.Count - Words.Random.Next(2));
        }

        if (Words.Work is { Processes.Count: > 0 } work && Words.Chance(RecordedProcesses))
        {
            draft.TakeProcess(Words.Pick(work.Processes));
            Mix(draft);
        }

        draft.Return = Words.Chance(0.08) ? FlagNames.Error(Words.Pick(FlagNames.CommonErrors)) : 0;
        draft.FdNum = Words.Chance(0.9) ? 3 + Words.Random.Next(60) : Words.Random.Next(3);
        SetObject(draft);
        return draft;
    }

    // Now and then another user or place, so that no recorded process stands for one of them.
    private void Mix(Draft draft)
    {
        if (Words.Chance(0.3))
        {
            SetUser(draft);
        }

        if (Words.Chance(0.3))
        {
            // Only an overlay, as containers have it, has layers.
            draft.Container = draft.Container is null ? NewContainer() : null;
            draft.ExeFlags &= draft.Container is null ? ExeFlags.Writable | ExeFlags.FromMemfd : (ExeFlags)15;
        }

        if (Words.Chance(0.25))
        {
            SetProgram(draft, Words.Program());
        }

        draft.Args = Words.Chance(0.2) ? Words.Arguments() : draft.Args;
    }

    public DraftAncestor NewAncestor(string name) => new(name, $"{Words.Pick(BinDirectories)}/{name}", Words.Chance(0.3) ? Words.Arguments() : "");

    public DraftContainer NewContainer() => new(Words.Hex(12), Words.Chance(0.75) ? Words.Image() : null, Words.Word());

    /// <summary>Gives the process a name, and the path and argv[0] that belong to it.</summary>
    public void SetProgram(Draft draft, string name)
    {
        draft.Name = name.Length <= 15 ? name : name[..15];
        var path = $"{Words.Pick(BinDirectories)}/{name}";
        if (Busybox.Contains(name) && Words.Chance(0.3))
        {
            path = "/bin/busybox";
        }
        else if (Words.Chance(0.1))
        {
            path = $"{Words.Directory()}/{name}";
        }

        draft.ExePath = path;
        draft.Exe = Words.Random.Next(10) switch { < 6 => name, < 9 => path, _ => $"./{name}" };
    }

    private void SetUser(Draft draft)
    {
        switch (Words.Random.Next(10))
        {
            case < 5:
                (draft.Uid, draft.User) = (0, Words.Chance(0.92) ? "root" : "<NA>");
                break;
            case < 8:
                (draft.Uid, draft.User) = (1000 + Words.Random.Next(50), Words.Chance(0.9) ? Words.Person() : "<NA>");
                break;
            default:
                (draft.Uid, draft.User) = (1 + Words.Random.Next(998), Words.Service());
                break;
        }

        if (Words.Chance(0.4))
        {
            (draft.LoginUid, draft.LoginName) = (1000, Words.Person());
        }
    }

    /// <summary>What the call acts on.</summary>
    public void SetObject(Draft draft)
    {
        var call = draft.Call;
        draft.Path = Words.FilePath();
        if (CallFamilies.Of(call)?.Name is { } family)
        {
            SetFamilyObject(draft, family);
            return;
        }

        switch (call)
        {
            case "creat":
                draft.FdType = "file";
                break;
            case "ptrace":
                (draft.Flags, draft.Text, draft.Path) = (Words.Pick(Requests), Words.Program(), null);
                break;
            case "socket":
                (draft.Flags, draft.Path) = (Words.Pick(Domains), null);
                draft.FdType = draft.Flags switch { "AF_INET" => "ipv4", "AF_INET6" => "ipv6", "AF_UNIX" or "AF_LOCAL" => "unix", "AF_NETLINK" => "netlink", _ => "<NA>" };
                break;
            case "bpf":
                (draft.Flags, draft.Path) = (Words.Pick(BpfCommands), null);
                break;
            case "unshare":
                (draft.Flags, draft.Path) = (Words.Pick(UnshareFlags), null);
                break;
            case "setns":
                (draft.Flags, draft.Path) = (Words.Pick(Namespaces), $"/proc/{Words.Random.Next(9999)}/ns/{Words.Pick(["net", "mnt", "pid", "uts", "ipc", "user"])}");
                break;
            case "userfaultfd":
                draft.Path = null;
                break;
            default:
                SetPlainObject(draft);
                break;
        }
    }

    /// <summary>Flags in the order in which the agent prints them.</summary>
    public static string Ordered(string flags)
    {
        string[] order = ["O_LARGEFILE", "O_DIRECTORY", "O_DIRECT", "O_TRUNC", "O_SYNC", "O_NONBLOCK", "O_EXCL", "O_DSYNC", "O_APPEND", "O_CREAT", "O_RDWR", "O_WRONLY", "O_RDONLY", "O_CLOEXEC", "O_TMPFILE", "O_F_CREATED", "FD_UPPER_LAYER", "FD_LOWER_LAYER"];
        return string.Join('|', flags.Split('|', StringSplitOptions.RemoveEmptyEntries).Distinct().OrderBy(f => Array.IndexOf(order, f) is >= 0 and var at ? at : 99));
    }

    /// <summary>Flags that open for reading or writing, with what usually goes with them.</summary>
    public string OpenFlagsFor(bool write)
    {
        var fitting = OpenFlags.Where(f => f.Contains(write ? "WRONLY" : "RDONLY", StringComparison.Ordinal) || f.Contains("RDWR", StringComparison.Ordinal)).ToArray();
        return Words.Pick(fitting);
    }

    /// <summary>Permission bits by name.</summary>
    public static string ModeNames(string octal)
    {
        var bits = Convert.ToInt32(octal, 8);
        string[] names = ["S_IXOTH", "S_IWOTH", "S_IROTH", "S_IXGRP", "S_IWGRP", "S_IRGRP", "S_IXUSR", "S_IWUSR", "S_IRUSR", "S_ISVTX", "S_ISGID", "S_ISUID"];
        return string.Join('|', names.Where((_, i) => (bits & (1 << i)) != 0));
    }

    private void SetFamilyObject(Draft draft, string family)
    {
        switch (family)
        {
            case "exec":
                draft.Path = null;
                draft.Env = Words.Chance(0.15) ? [$"LD_LIBRARY_PATH={Words.Directory()}"] : [];
                draft.Return = Words.Chance(0.06) ? FlagNames.Error("ENOENT") : 0;
                break;
            case "open":
                draft.Flags = Words.Pick(OpenFlags);
                draft.FdType = draft.Flags.Contains("O_DIRECTORY", StringComparison.Ordinal) ? "directory" : "file";
                if (Words.Chance(0.08) && draft.Path is { } path)
                {
                    draft.RawPath = Traversal(path);
                }

                break;
            case "rename" or "link" or "symlink":
                draft.Path2 = Words.FilePath();
                break;
            case "chmod":
                (draft.Flags, draft.FdType) = (ModeNames(Words.Pick(Modes)), "file");
                break;
            case "module":
                (draft.Path, draft.FdType) = ($"/lib/modules/6.1.0/{Words.Word()}.ko", "file");
                draft.Text = Words.Chance(0.2) ? $"{Words.Word()}={Words.Random.Next(9)}" : "";
                break;
            case "dup":
                draft.FdType = Words.Pick(["file", "pipe", "ipv4", "unix", "file"]);
                SetSocket(draft);
                break;
            case "connect":
                if (Words.Chance(0.4))
                {
                    draft.Path = Words.Pick(UnixPaths);
                }
                else
                {
                    draft.ServerIp = NewAddress();
                    draft.ServerPort = NewPort();
                    draft.Path = null;
                    SetClient(draft);
                }

                break;
            case "setuid":
                draft.Path = null;
                break;
        }
    }

    /// <summary>An address of a peer: another machine's, one of this network or this machine itself.</summary>
    public byte[] NewAddress()
    {
        var r = Words.Random;
        return r.Next(8) switch
        {
            0 => [127, 0, 0, 1],
            1 or 2 => [10, (byte)r.Next(256), (byte)r.Next(256), (byte)r.Next(1, 255)],
            3 => [192, 168, (byte)r.Next(256), (byte)r.Next(1, 255)],
            4 => [0x20, 1, 0x0d, 0xb8, 0, 0, 0, (byte)r.Next(256), 0, 0, 0, 0, 0, 0, (byte)r.Next(256), (byte)r.Next(1, 256)],
            _ => [(byte)r.Next(1, 224), (byte)r.Next(256), (byte)r.Next(256), (byte)r.Next(1, 255)],
        };
    }

    public int NewPort() => Words.Chance(0.8) ? Words.Pick(Ports) : 1 + Words.Random.Next(65_000);

    /// <summary>An own end of the peer's family and network.</summary>
    public static void SetClient(Draft draft)
    {
        draft.FdType = draft.ServerIp?.Length == 16 ? "ipv6" : "ipv4";
        draft.ClientIp = draft.ServerIp switch
        {
            { Length: 16 } server => server.AsSpan(0, 15).IndexOfAnyExcept((byte)0) < 0 ? server : [0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5],
            [127, ..] => [127, 0, 0, 1],
            _ => [10, 0, 0, 5],
        };
    }

    /// <summary>A path as it might have been written: with <paramref name="least"/> steps upwards or more, one behind the other.</summary>
    public string Traversal(string path, int least = 1)
    {
        // As many steps as lead an absolute start back to the root, or more.
        var start = Words.Random.Next(4) switch { 0 => Words.Directory() + "/", 1 => $"/{Words.Word()}/", 2 => $"{Words.Word()}/", _ => "" };
        var depth = start.StartsWith('/') ? start.Count(c => c == '/') - 1 : 0;
        var more = Words.Random.Next(least > 1 ? 4 : Words.Chance(0.5) ? 1 : 3);
        return start + string.Concat(Enumerable.Repeat("../", Math.Max(least, depth) + more)) + path.TrimStart('/');
    }

    private void SetSocket(Draft draft)
    {
        if (draft.FdType is "ipv4" or "ipv6")
        {
            do
            {
                draft.ServerIp = NewAddress();
            }
            while (draft.ServerIp.Length == 16 != (draft.FdType == "ipv6"));
            draft.ServerPort = NewPort();
            draft.Path = null;
            SetClient(draft);
        }
        else if (draft.FdType is not ("file" or "directory"))
        {
            draft.Path = draft.FdType == "unix" ? Words.Pick(UnixPaths) : null;
        }
    }

    private void SetPlainObject(Draft draft)
    {
        var call = draft.Call;
        if (HarmlessCalls.TakesPath(call) || (!HarmlessCalls.IsKnown(call) && Words.Chance(0.6)))
        {
            draft.Flags = Words.Chance(0.3) ? Words.Pick(["AT_EMPTY_PATH", "AT_SYMLINK_NOFOLLOW", "O_RDONLY", "O_WRONLY", "O_CREAT|O_RDWR", "AT_NO_AUTOMOUNT"]) : "";
            draft.RawPath = Words.Chance(0.05) ? Traversal(draft.Path ?? "") : null;
        }
        else if (HarmlessCalls.TakesDescriptor(call))
        {
            draft.FdType = Words.Pick(FdTypes);
            SetSocket(draft);
        }
        else
        {
            draft.Path = null;
            draft.Flags = Words.Chance(0.4) ? Words.Pick(PlainFlags) : "";
            draft.Text = Words.Chance(0.15) ? Words.Word() : null;
        }
    }
}
