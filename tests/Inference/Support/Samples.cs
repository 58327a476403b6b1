using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Text;

namespace Syscribe.Inference.Tests.Support;

/// <summary>Events as the agent makes them.</summary>
internal static class Samples
{
    public static Utf8 U(string? text) => Utf8.From(text);

    public static ProcessInfo Process(string name = "cat", string exe = "/usr/bin/cat", params string[] args) => new()
    {
        Pid = 4711,
        Name = U(name),
        Exe = U(name),
        ExePath = U(exe),
        Args = [.. args.Select(U)],
        UserName = U("root"),
        ContainerId = U("host"),
        Ancestors =
        [
            new Ancestor(1000, U("bash"), U("-bash"), U("/usr/bin/bash"), U("bash")),
            new Ancestor(900, U("sshd"), U("sshd"), U("/usr/sbin/sshd"), U("sshd -D")),
        ],
    };

    public static SyscallEvent Open(string path = "/etc/shadow", ProcessInfo? process = null)
    {
        var e = new SyscallEvent { Type = U("openat"), Return = 3, Process = process ?? Process("cat", "/usr/bin/cat", path), HasFd = true };
        e.Params.Add(new Param(U("fd"), 3, default, U("<f>" + path)));
        e.Params.Add(new Param(U("dirfd"), -100, default, U("AT_FDCWD")));
        e.Params.Add(new Param(U("name"), null, U(path), default));
        e.Params.Add(new Param(U("flags"), 1, default, U("O_RDONLY|O_CLOEXEC")));
        e.Fd.Num = 3;
        e.Fd.Type = U("file");
        e.Fd.Name = U(path);
        return e;
    }

    /// <summary>Event texts that differ from each other.</summary>
    public static IEnumerable<string> Texts(int count)
    {
        string[] paths = ["/etc/passwd", "/usr/lib/libc.so.6", "/home/ann/notes.txt", "/var/log/auth.log", "/tmp/x", "/proc/self/status"];
        string[] programs = ["cat", "bash", "nginx", "python3", "sshd", "curl", "cron"];
        var random = new Random(5);
        for (var i = 0; i < count; i++)
        {
            var program = programs[random.Next(programs.Length)];
            var path = paths[random.Next(paths.Length)] + (random.Next(3) == 0 ? "." + i : "");
            var e = Open(path, Process(program, "/usr/bin/" + program, "-n", path));
            e.Type = U(random.Next(2) == 0 ? "openat" : "unlink");
            e.Return = random.Next(4) == 0 ? -13 : 3;
            yield return Encoding.ASCII.GetString(ToText.Render(e));
        }
    }
}
