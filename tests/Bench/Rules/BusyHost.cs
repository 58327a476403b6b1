using Syscribe.Events;

namespace Syscribe.Bench.Rules;

/// <summary>
/// Events in about the mix of a busy host (a compile, shells, loopback TCP): what a system call recorder sees mostly is calls that no
/// rule names, then opens for reading that find or miss a header file, then everything else.
/// </summary>
internal static class BusyHost
{
    private const int Processes = 256;

    private static readonly string[] Unnamed = ["read", "write", "close", "mmap", "fstat", "newfstatat", "lseek", "brk", "rt_sigaction", "munmap", "mprotect", "getpid", "futex", "epoll_wait"];
    private static readonly string[] Programs = ["cc1", "as", "ld", "bash", "sh", "git", "find", "python3", "make", "tar", "grep", "curl"];

    public static SyscallEvent[] Make(int count)
    {
        var random = new Random(20260101);
        var processes = Enumerable.Range(0, Processes).Select(i => Process(i, random)).ToArray();
        return [.. Enumerable.Range(0, count).Select(i => Event(i, processes[random.Next(Processes)], random))];
    }

    private static SyscallEvent Event(int i, ProcessInfo process, Random random)
    {
        var e = new SyscallEvent
        {
            Seq = i + 1,
            TimeNs = 1_790_000_000_000_000_000 + (i * 1000L),
            KtimeNs = 86_400_000_000_000 + (i * 1000L),
            Node = Utf8.From("node-a"),
            Run = 0x1234_5678_9abc,
            Cpu = i % 8,
            Number = 1,
            ThreadId = process.Pid,
            Return = 0,
            Process = process,
        };
        switch (random.Next(100))
        {
            case < 60:
                e.Type = Utf8.From(Unnamed[random.Next(Unnamed.Length)]);
                File(e, 5, $"/home/user/project/src/file{i % 500}.c");
                Add(e, "fd", 5, null, $"<f>{e.Fd.Name}");
                break;
            case < 78:
                Open(e, 3, i, random);
                break;
            case < 90:
                Open(e, -2, i, random);
                break;
            case < 93:
                Connect(e, random);
                break;
            case < 95:
                e.Type = Utf8.From("unlink");
                Add(e, "res", 0, null, null);
                Add(e, "path", null, $"/tmp/cc{i}.o", null);
                break;
            case < 97:
                e.Type = Utf8.From("dup2");
                e.Return = 1;
                File(e, 1, $"/tmp/out{i}.log");
                Add(e, "res", 1, null, "<f>/tmp/out.log");
                break;
            case < 99:
                Execve(e, process, i);
                break;
            default:
                e.Type = Utf8.From("renameat2");
                Add(e, "res", 0, null, null);
                Add(e, "oldpath", null, $"/home/user/project/a{i}.tmp", null);
                Add(e, "newpath", null, $"/home/user/project/a{i}.o", null);
                break;
        }

        return e;
    }

    private static void Open(SyscallEvent e, long result, int i, Random random)
    {
        var writes = result > 0 && random.Next(5) == 0;
        var path = writes ? $"/home/user/project/obj/file{i}.o" : $"/usr/include/x86_64-linux-gnu/bits/header-{i % 1000}.h";
        e.Type = Utf8.From(random.Next(8) == 0 ? "open" : "openat");
        e.Return = result;
        File(e, result < 0 ? -1 : result, path);
        if (result < 0)
        {
            e.Fd.Type = default;
        }

        Add(e, "fd", result, null, result < 0 ? "ENOENT" : $"<f>{path}");
        Add(e, "dirfd", -100, null, "AT_FDCWD");
        Add(e, "name", null, path, null);
        Add(e, "flags", writes ? 4102 : 4097, null, writes ? "O_CREAT|O_WRONLY|O_CLOEXEC" : "O_RDONLY|O_CLOEXEC");
        Add(e, "mode", writes ? 420 : 0, writes ? "0644" : null, null);
    }

    private static void Connect(SyscallEvent e, Random random)
    {
        e.Type = Utf8.From("connect");
        e.HasFd = true;
        e.Fd.Num = 4;
        e.Fd.Type = Utf8.From("ipv4");
        e.Fd.TypeChar = Utf8.From("4");
        e.Fd.Name = e.Fd.NameRaw = Utf8.From("127.0.0.1:41234->127.0.0.1:8080");
        e.Fd.L4Proto = Utf8.From("tcp");
        e.Fd.Role = SocketRole.Client;
        e.Fd.ClientIp = e.Fd.ServerIp = Utf8.Copy([127, 0, 0, 1]);
        e.Fd.ClientPort = 41000 + random.Next(1000);
        e.Fd.ServerPort = 8080;
        e.Fd.ClientIsLocal = e.Fd.Connected = e.Fd.NameChanged = true;
        Add(e, "res", 0, null, null);
        Add(e, "fd", 4, null, "<4t>127.0.0.1:41234->127.0.0.1:8080");
    }

    private static void Execve(SyscallEvent e, ProcessInfo process, int i)
    {
        e.Type = Utf8.From("execve");
        e.HasEnv = true;
        foreach (var entry in new[] { "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/home/user", $"PWD=/home/user/project{i % 10}", "LANG=C.UTF-8" })
        {
            e.Env.Add(Utf8.From(entry));
        }

        Add(e, "res", 0, null, null);
        Add(e, "exe", null, process.Exe.ToString(), null);
        Add(e, "flags", 0, null, "0");
    }

    private static void File(SyscallEvent e, long number, string path)
    {
        e.HasFd = true;
        e.Fd.Num = number;
        e.Fd.Type = Utf8.From("file");
        e.Fd.TypeChar = Utf8.From("f");
        e.Fd.Name = e.Fd.NameRaw = Utf8.From(path);
    }

    private static void Add(SyscallEvent e, string name, long? value, string? text, string? resolved) =>
        e.Params.Add(new Param(Utf8.From(name), value, Utf8.From(text), Utf8.From(resolved)));

    private static ProcessInfo Process(int i, Random random)
    {
        var name = Programs[random.Next(Programs.Length)];
        return new ProcessInfo
        {
            Pid = 1000 + i,
            VirtualPid = 1000 + i,
            ParentPid = 900,
            SessionId = 900,
            VirtualProcessGroupId = 1000 + i,
            Name = Utf8.From(name),
            Exe = Utf8.From($"/usr/bin/{name}"),
            ExePath = Utf8.From($"/usr/bin/{name}"),
            Args = [Utf8.From("-quiet"), Utf8.From("-I/usr/include"), Utf8.From($"file-{i}.c"), Utf8.From("-O2")],
            Cwd = Utf8.From("/home/user/project/"),
            UserId = 1000,
            UserName = Utf8.From("user"),
            LoginUserId = 1000,
            LoginName = Utf8.From("user"),
            GroupId = 1000,
            GroupName = Utf8.From("user"),
            ExeIno = 123_456,
            StartTimeNs = 1_789_999_999_000_000_000,
            SessionName = Utf8.From("bash"),
            SessionExe = Utf8.From("bash"),
            SessionExePath = Utf8.From("/usr/bin/bash"),
            ContainerId = Utf8.From("host"),
            Ancestors =
            [
                new Ancestor(900, Utf8.From("make"), Utf8.From("make"), Utf8.From("/usr/bin/make"), Utf8.From("make -j2 all")),
                new Ancestor(700, Utf8.From("bash"), Utf8.From("bash"), Utf8.From("/usr/bin/bash"), Utf8.From("bash")),
                new Ancestor(600, Utf8.From("tmux: server"), Utf8.From("tmux"), Utf8.From("/usr/bin/tmux"), Utf8.From("tmux")),
                new Ancestor(1, Utf8.From("systemd"), Utf8.From("/sbin/init"), Utf8.From("/usr/lib/systemd/systemd"), Utf8.From("systemd")),
            ],
        };
    }
}
