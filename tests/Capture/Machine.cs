using Syscribe.Capture.Calls;
using Syscribe.Capture.Records;
using Syscribe.Capture.Syscalls;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

/// <summary>An assembler over a made-up machine: init (1) and a process 100, <c>bash</c>, in /home/.</summary>
internal sealed class Machine
{
    public const long BootNs = 1_700_000_000_000_000_000;

    private readonly EventAssembler _assembler;

    public Machine(Action<FakeProcesses>? setUp = null)
    {
        Processes.Add(1, 0, "init");
        Processes.Add(100, 1, "bash", "/home/");
        setUp?.Invoke(Processes);
        var state = new CaptureState(Processes, TimeProvider.System, null, () => BootNs);
        state.Tree.Scan();
        _assembler = new EventAssembler(new SyscallTable(new Dictionary<string, SyscallArg[]>()), state, () => BootNs, Utf8.From("node"), 5);
    }

    public FakeProcesses Processes { get; } = new();

    public CaptureState State => _assembler.State;

    public EventAssembler Assembler => _assembler;

    /// <summary>Assembles a record that makes no event.</summary>
    public void Apply(RecordBuilder record) => Assert.False(_assembler.TryAssemble(record.Build(), new SyscallEvent()));

    /// <summary>Assembles a record that makes an event.</summary>
    public SyscallEvent Event(RecordBuilder record)
    {
        var made = new SyscallEvent();
        Assert.True(_assembler.TryAssemble(record.Build(), made));
        return made;
    }

    public string Args(RecordBuilder record) => Print(Event(record));

    public static string Print(SyscallEvent made) => string.Join(' ', made.Params.Select(Print));

    public static EventHeader Of(EventHeader header, uint tgid, uint parent = 1)
    {
        header.Tgid = header.Tid = tgid;
        header.StartNs = tgid * 1_000UL;
        header.ParentTgid = parent;
        return header;
    }

    public static RecordBuilder Fork(uint parent, uint child, ulong cloneFlags = 0, uint grandparent = 1) =>
        new RecordBuilder(-1, 0, EventKind.Fork, parent)
            .Header(header => header with { ParentTgid = grandparent })
            .Block(BlockKind.Fork, new ForkBlock { Tid = child, Tgid = child, CloneFlags = cloneFlags })
            .Block(BlockKind.Proc, new ProcBlock { Vpid = (int)child, Vtid = (int)child, Sid = 100, Pgid = (int)child, Pidns = FakeProcesses.Host, StartNs = child * 1_000UL });

    public static RecordBuilder Exec(uint tgid, uint parent, string comm, string path, string argv, string envp = "") =>
        new RecordBuilder(59, 0, EventKind.Exec, tgid)
            .Header(header => header with { ParentTgid = parent })
            .Text(0, path)
            .Block(BlockKind.Comm, comm.PadRight(16, '\0'))
            .Block(BlockKind.ExePath, path)
            .Block(BlockKind.Argv, argv)
            .Block(BlockKind.Envp, envp);

    private static string Print(Param param)
    {
        var raw = param.Text.IsNull ? param.Value?.ToString() ?? "null" : param.Text.ToString();
        return $"{param.Name}={raw}{(param.Resolved.IsNull ? "" : $"({param.Resolved})")}";
    }
}
