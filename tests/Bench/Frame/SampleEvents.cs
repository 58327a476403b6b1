using Syscribe.Events;

namespace Syscribe.Bench;

/// <summary>Events as capture makes them, for benches that need no kernel: file opens of some processes of a host.</summary>
internal static class SampleEvents
{
    private const int Processes = 64;

    /// <summary>Different events, to be published over and over.</summary>
    public static SyscallEvent[] Make(int count)
    {
        var processes = Enumerable.Range(0, Processes).Select(Process).ToArray();
        return [.. Enumerable.Range(0, count).Select(index => OpenAt(index, processes[index % Processes]))];
    }

    private static SyscallEvent OpenAt(int index, ProcessInfo process)
    {
        var path = Utf8.From($"/usr/lib/x86_64-linux-gnu/libexample-{index}.so.1");
        var value = new SyscallEvent
        {
            Type = Utf8.From("openat"),
            Seq = index + 1,
            TimeNs = 1_790_000_000_000_000_000 + index,
            KtimeNs = 86_400_000_000_000 + index,
            Node = Utf8.From("node-a"),
            Run = 0x1234_5678_9abc,
            Cpu = index % 8,
            Number = 257,
            ThreadId = process.Pid,
            Return = 3,
            Process = process,
            HasFd = true,
        };
        value.Params.Add(new Param(Utf8.From("fd"), 3, default, Utf8.From($"<f>{path}")));
        value.Params.Add(new Param(Utf8.From("dirfd"), -100, default, Utf8.From("AT_FDCWD")));
        value.Params.Add(new Param(Utf8.From("name"), null, path, path));
        value.Params.Add(new Param(Utf8.From("flags"), 4097, default, Utf8.From("O_RDONLY|O_CLOEXEC")));
        value.Params.Add(new Param(Utf8.From("mode"), 0, default, default));
        value.Params.Add(new Param(Utf8.From("dev"), 0x103, default, default));
        value.Params.Add(new Param(Utf8.From("ino"), 1_000_000 + index, default, default));
        value.Fd.Num = 3;
        value.Fd.Type = Utf8.From("file");
        value.Fd.TypeChar = Utf8.From("f");
        value.Fd.Name = value.Fd.NameRaw = path;
        return value;
    }

    private static ProcessInfo Process(int index) => new()
    {
        Pid = 1000 + index,
        VirtualPid = 1000 + index,
        ParentPid = 900,
        SessionId = 900,
        VirtualProcessGroupId = 900,
        Name = Utf8.From("cc1"),
        Exe = Utf8.From("/usr/lib/gcc/x86_64-linux-gnu/12/cc1"),
        ExePath = Utf8.From("/usr/lib/gcc/x86_64-linux-gnu/12/cc1"),
        Args = [Utf8.From("-quiet"), Utf8.From("-imultiarch"), Utf8.From("x86_64-linux-gnu"), Utf8.From($"file-{index}.c"), Utf8.From("-O2")],
        Cwd = Utf8.From("/home/user/project/"),
        UserName = Utf8.From("root"),
        LoginName = Utf8.From("<NA>"),
        GroupName = Utf8.From("root"),
        CapPermitted = 0x1ff_ffff_ffff,
        CapEffective = 0x1ff_ffff_ffff,
        ExeIno = 123_456,
        StartTimeNs = 1_789_999_999_000_000_000,
        SessionName = Utf8.From("bash"),
        SessionExe = Utf8.From("bash"),
        SessionExePath = Utf8.From("/usr/bin/bash"),
        ContainerId = Utf8.From("host"),
        Ancestors =
        [
            new Ancestor(900, Utf8.From("gcc"), Utf8.From("gcc"), Utf8.From("/usr/bin/gcc"), Utf8.From("gcc -O2 -c file.c")),
            new Ancestor(800, Utf8.From("make"), Utf8.From("make"), Utf8.From("/usr/bin/make"), Utf8.From("make -j2 all")),
            new Ancestor(700, Utf8.From("bash"), Utf8.From("bash"), Utf8.From("/usr/bin/bash"), Utf8.From("bash")),
            new Ancestor(1, Utf8.From("systemd"), Utf8.From("/sbin/init"), Utf8.From("/usr/lib/systemd/systemd"), Utf8.From("systemd")),
        ],
    };
}
