using Syscribe.Capture.Calls;
using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Syscalls;
using Syscribe.Events;

namespace Syscribe.Capture;

/// <summary>
/// Makes events of ring-buffer records. State (processes, descriptors, users) is applied before the event is filled, so
/// an event shows the world after it.
/// </summary>
/// <remarks>Single-threaded. The event's texts are valid until the next record.</remarks>
internal sealed class EventAssembler
{
    private static readonly Utf8 Execve = Utf8.From("execve");
    private static readonly SyscallInfo ProcessExit = new(-1, Abi.Process, Utf8.From("procexit"), []);

    private readonly SyscallTable _table;
    private readonly Call _call;
    private readonly Func<long> _bootTime;
    private readonly Utf8 _node;
    private readonly long _run;
    private long _seq;

    /// <param name="table">What the numbers mean.</param>
    /// <param name="state">Begun by the caller, with <see cref="ProcessTree.Scan"/> or empty.</param>
    /// <param name="bootTime">Nanoseconds since the epoch at which CLOCK_BOOTTIME was 0.</param>
    /// <param name="node">Name of the node.</param>
    /// <param name="run">Identity of the run.</param>
    public EventAssembler(SyscallTable table, CaptureState state, Func<long> bootTime, Utf8 node, long run)
    {
        _table = table;
        _call = new Call(state);
        _bootTime = bootTime;
        _node = node;
        _run = run;
    }

    public CaptureState State => _call.State;

    /// <summary>Events made.</summary>
    public long Events => _seq;

    /// <summary>Asked for a number that nothing names, with the calling thread; gives the call, or null. Null: nobody to ask.</summary>
    public Func<int, uint, SyscallInfo?>? Namer { get; init; }

    /// <summary>Records that only told of a birth: they change the state and make no event.</summary>
    public long StateOnly { get; private set; }

    /// <summary>Applies a record to the state and fills <paramref name="into"/> from it.</summary>
    /// <returns>Whether the record is an event; false for one that only changes the state.</returns>
    /// <exception cref="RecordFormatException">The record does not have the layout of <c>bpf/event.h</c>.</exception>
    public bool TryAssemble(ReadOnlySpan<byte> record, SyscallEvent into)
    {
        _call.Record.Load(record);
        _call.Arena.Reset();
        ref readonly var header = ref _call.Record.Header;
        _call.Event = into;
        _call.Process = State.Tree.Acting(header);
        into.Clear();
        switch (header.Kind)
        {
            case EventKind.Syscall:
                _call.Info = Named(_table[header.Number, (header.Flags & EventFlags.Compat32) != 0], header.Tid);
                _call.Info.Handler(_call);
                break;
            case EventKind.Exec:
                _call.Info = _table[header.Number, (header.Flags & EventFlags.Compat32) != 0];
                ExecCalls.Succeeded(_call);
                break;
            case EventKind.IoUring:
                _call.Info = _table.Operation(header.Number);
                _call.Info.Handler(_call);
                break;
            case EventKind.Exit:
                _call.Info = ProcessExit;
                LifeCalls.Exited(_call);
                break;
            default:
                // A birth; a later version's kinds change nothing that this one knows.
                if (header.Kind == EventKind.Fork)
                {
                    LifeCalls.Born(_call);
                }

                StateOnly++;
                return false;
        }

        Finish(header, into);
        return true;
    }

    private SyscallInfo Named(SyscallInfo info, uint thread) =>
        info.IsNamed || info.Abi != Abi.Native || Namer is null ? info : Namer(info.Number, thread) ?? info;

    private void Finish(in EventHeader header, SyscallEvent into)
    {
        var info = _call.Info;
        into.Type = header.Kind == EventKind.Exec ? Execve : info.Name;
        into.Seq = ++_seq;
        into.KtimeNs = (long)header.KtimeNs;
        into.TimeNs = (long)header.KtimeNs + _bootTime();
        into.Node = _node;
        into.Run = _run;
        into.Cpu = (int)header.Cpu;
        into.Number = info.Number;
        into.Abi = info.Abi;
        into.ThreadId = header.Tid;
        into.Return = header.Kind is EventKind.Exit or EventKind.IoUring ? null : header.Return;
        into.Process = State.Tree.Info(_call.Process);
        State.Tree.Expire(header.KtimeNs);
    }
}
