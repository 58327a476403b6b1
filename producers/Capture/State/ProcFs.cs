using System.Globalization;
using System.Text;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>Processes as /proc shows them (proc(5)).</summary>
internal sealed class ProcFs : IProcessSource
{
    private const ulong TickNs = 10_000_000; // USER_HZ is 100 on every architecture that we run on.

    private readonly string _proc;
    private readonly SocketTables _sockets;

    public ProcFs(TimeProvider time, string proc = "/proc")
    {
        _proc = proc;
        _sockets = new SocketTables(time, proc);
        HostPidNamespace = NamespaceInode("1") ?? NamespaceInode("self") ?? 0;
    }

    public uint HostPidNamespace { get; }

    public IEnumerable<ProcessState> ReadAll()
    {
        foreach (var directory in Directory.EnumerateDirectories(_proc))
        {
            if (uint.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var tgid) && Read(tgid) is { } state)
            {
                yield return state;
            }
        }
    }

    public ProcessState? Read(uint tgid)
    {
        try
        {
            return ReadProcess(tgid.ToString(CultureInfo.InvariantCulture), tgid);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return null;
        }
    }

    public uint? ReadParent(uint tgid)
    {
        try
        {
            return ProcStat.Parse(File.ReadAllBytes($"{_proc}/{tgid}/stat")).ParentPid;
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return null;
        }
    }

    public string? ReadFdLink(uint tgid, long number) => Link(string.Create(CultureInfo.InvariantCulture, $"{tgid}/fd/{number}"));

    public SocketFd? FindSocket(uint tgid, string link) => _sockets.Find(tgid, link);

    public bool IsDirectory(uint tgid, long number) =>
        Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"{_proc}/{tgid}/fd/{number}"));

    private static bool IsGone(Exception exception) => exception is IOException or UnauthorizedAccessException or FormatException;

    private ProcessState ReadProcess(string pid, uint tgid)
    {
        var stat = ProcStat.Parse(File.ReadAllBytes($"{_proc}/{pid}/stat"));
        var state = new ProcessState(tgid, stat.StartTicks * TickNs)
        {
            StartIsCoarse = true,
            ParentTgid = stat.ParentPid,
            Name = stat.Name,
            Tty = stat.Tty,
            LoginUid = LoginUid(pid),
            PidNamespace = NamespaceInode(pid) ?? 0,
        };
        ProcStatus.Read(File.ReadLines($"{_proc}/{pid}/status"), state);
        ReadCommandLine(pid, state);
        ReadCgroup(pid, state);
        state.ExePath = Utf8.From(WithoutDeleted(Link(pid + "/exe") ?? ""));
        state.Cwd = Utf8.From(Link(pid + "/cwd") is { } cwd ? cwd.EndsWith('/') ? cwd : cwd + "/" : "");
        return state;
    }

    private static string WithoutDeleted(string path)
    {
        const string Deleted = " (deleted)";
        path = path.EndsWith(Deleted, StringComparison.Ordinal) ? path[..^Deleted.Length] : path;
        return path.StartsWith("/memfd:", StringComparison.Ordinal) ? path[1..] : path;
    }

    private void ReadCommandLine(string pid, ProcessState state)
    {
        var arguments = NulSeparated.Split(File.ReadAllBytes($"{_proc}/{pid}/cmdline"));
        state.Exe = arguments.Length > 0 ? arguments[0] : Utf8.Empty;
        state.Args = arguments.Length > 1 ? arguments[1..] : [];
    }

    private void ReadCgroup(string pid, ProcessState state)
    {
        // Version 1 has a path per hierarchy; runtimes name the container in most of them.
        foreach (var line in File.ReadLines($"{_proc}/{pid}/cgroup"))
        {
            if (line.Split(':', 3) is [_, _, var path])
            {
                var bytes = Encoding.UTF8.GetBytes(path);
                var id = State.ContainerId.Find(bytes);
                if (id != State.ContainerId.Host || path.Length > state.Cgroup.Length)
                {
                    state.Cgroup = Utf8.Copy(bytes);
                    state.ContainerId = id;
                }

                if (id != State.ContainerId.Host)
                {
                    return;
                }
            }
        }
    }

    private long LoginUid(string pid)
    {
        var path = $"{_proc}/{pid}/loginuid";
        return File.Exists(path) && uint.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var uid) && uid != uint.MaxValue ? uid : -1;
    }

    private uint? NamespaceInode(string pid) =>
        Link(pid + "/ns/pid") is { } link && link.Split('[', ']') is [_, var inode, _]
        && uint.TryParse(inode, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string? Link(string path)
    {
        try
        {
            return new FileInfo($"{_proc}/{path}").LinkTarget;
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return null;
        }
    }
}
