using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Bench.Inference;

/// <summary>Events of many behaviours, whose accidents (pids, numbers, random names) differ from event to event.</summary>
internal static class Behaviours
{
    private const int Seed = 11;
    private const int Kinds = 200;

    private static readonly string[] Calls = ["openat", "openat2", "unlinkat", "renameat2", "fchmodat2", "memfd_create", "ptrace", "mount", "symlinkat", "statx"];
    private static readonly string[] Programs = ["cat", "bash", "nginx", "python3", "sshd", "curl", "cron", "java", "postgres", "rsync"];
    private static readonly string[] Paths =
        ["/etc/shadow", "/proc/{0}/mem", "/tmp/tmp.{1}/x", "/var/log/app.{0}.log", "/usr/lib/libc.so.6", "/home/ann/notes.txt", "/run/user/{0}/bus", "/dev/shm/{1}"];

    /// <summary>One event of each of <paramref name="count"/> behaviours.</summary>
    public static SyscallEvent[] Make(int count)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(kind => Make(kind, random))];
    }

    /// <summary><paramref name="count"/> events of 200 behaviours, the n-th about as frequent as 1/n.</summary>
    public static SyscallEvent[] Stream(int count)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(_ => Make((int)Math.Pow(Kinds, random.NextDouble()) - 1, random))];
    }

    private static SyscallEvent Make(int kind, Random random)
    {
        var program = Programs[kind / Calls.Length % Programs.Length];
        var path = Utf8.From(string.Format(
            CultureInfo.InvariantCulture, Paths[kind * 7 % Paths.Length], random.Next(1, 99_999), "xK3" + random.Next(1000, 9999) + "Zq7"));
        var e = new SyscallEvent
        {
            Type = Utf8.From(Calls[kind % Calls.Length]),
            Return = kind % 3 == 0 ? -13 : random.Next(3, 500),
            ThreadId = random.Next(1, 99_999),
            Process = new ProcessInfo
            {
                Pid = random.Next(1, 99_999),
                Name = Utf8.From(program),
                ExePath = Utf8.From("/usr/bin/" + program),
                Args = [Utf8.From("-f"), path],
                UserName = Utf8.From(kind % 2 == 0 ? "root" : "www-data"),
                UserId = kind % 2 == 0 ? 0 : 33,
                ContainerId = Utf8.From("host"),
                Ancestors = [new Ancestor(1, Utf8.From(Programs[kind * 3 % Programs.Length]), default, default, default)],
            },
        };
        e.Params.Add(new Param(Utf8.From("name"), null, path, default));
        e.Params.Add(new Param(Utf8.From("flags"), 1, default, Utf8.From(kind % 4 == 0 ? "O_RDWR|O_CREAT" : "O_RDONLY|O_CLOEXEC")));
        return e;
    }
}
