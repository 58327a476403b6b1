using Syscribe.Capture.State;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

/// <summary>A machine without /proc: what a test put there.</summary>
internal sealed class FakeProcesses : IProcessSource
{
    public const uint Host = 7;

    private readonly Dictionary<uint, Func<ProcessState>> _processes = [];

    public Dictionary<(uint Tgid, long Number), string> Links { get; } = [];

    public HashSet<string> Directories { get; } = [];

    public Dictionary<uint, uint> Parents { get; } = [];

    public int LinksRead { get; private set; }

    public uint HostPidNamespace => Host;

    public void Add(uint tgid, uint parent, string name, string cwd = "/", string cgroup = "/", ulong? startNs = null) => _processes[tgid] = () => new ProcessState(tgid, startNs ?? tgid * 1_000UL)
    {
        ParentTgid = parent,
        Name = Utf8.From(name),
        Exe = Utf8.From("/bin/" + name),
        ExePath = Utf8.From("/usr/bin/" + name),
        Cwd = Utf8.From(cwd),
        VirtualPid = (int)tgid,
        SessionId = (int)tgid,
        VirtualProcessGroupId = (int)tgid,
        PidNamespace = Host,
        Cgroup = Utf8.From(cgroup),
        ContainerId = ContainerId.Find(System.Text.Encoding.UTF8.GetBytes(cgroup)),
        StartIsCoarse = startNs is not null,
    };

    public IEnumerable<ProcessState> ReadAll() => _processes.Values.Select(make => make());

    public ProcessState? Read(uint tgid) => _processes.GetValueOrDefault(tgid)?.Invoke();

    public uint? ReadParent(uint tgid) => Parents.TryGetValue(tgid, out var parent) ? parent : null;

    public string? ReadFdLink(uint tgid, long number)
    {
        LinksRead++;
        return Links.GetValueOrDefault((tgid, number));
    }

    public SocketFd? FindSocket(uint tgid, string link) => null;

    public bool IsDirectory(uint tgid, long number) => Directories.Contains(Links[(tgid, number)]);
}
