using Syscribe.Events;
using static Syscribe.Rules.Fields.FieldDefinition;

namespace Syscribe.Rules.Fields;

/// <summary>Fields of the event itself: <c>evt.*</c>, <c>syscall.*</c>, <c>thread.*</c> ids, <c>fs.path.*</c>.</summary>
internal static class EventFields
{
    private static readonly Utf8 Exit = Utf8.From("<");
    private static readonly Utf8 SourceName = Utf8.From("syscall");

    public static IReadOnlyList<Field> All { get; } =
    [
        Number("evt.num", FieldType.UInt, "Counter of the agent run, from 1.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.Seq, out v)),
        Time("evt.time", "Time of the event, printed as HH:MM:SS.nnnnnnnnn UTC."),
        Time("evt.time.s", "Time of the event, printed as HH:MM:SS UTC."),
        Time("evt.time.iso8601", "Time of the event, printed as in ISO 8601."),
        Time("evt.datetime", "Date and time of the event, printed as YYYY-MM-DD HH:MM:SS.nnnnnnnnn UTC."),
        Time("evt.datetime.s", "Date and time of the event, printed as YYYY-MM-DD HH:MM:SS UTC."),
        Number("evt.rawtime", FieldType.Time, "Nanoseconds since the epoch.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.TimeNs, out v)),
        Number("evt.rawtime.s", FieldType.UInt, "Seconds since the epoch.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.TimeNs / 1_000_000_000, out v)),
        Number("evt.rawtime.ns", FieldType.UInt, "Nanoseconds within the second.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.TimeNs % 1_000_000_000, out v)),
        Number("evt.latency", FieldType.Duration, "Always 0: only exits are seen. Deprecated.", (SyscallFields s, FieldRef _, out long v) => Set(0, out v)),
        Text("evt.dir", "Always <: only exits are seen. Deprecated.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(Exit, out v)),
        Text("evt.type", "Name of the system call or event; a successful execveat is execve.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(s.Event.Type, out v)),
        Text("syscall.type", "As evt.type, for system calls only.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(s.Event.Abi == Abi.Process ? default : s.Event.Type, out v)),
        Text("evt.category", "file, net, ipc, memory, process, sleep, system, signal, user, time, IO-read, IO-write, IO-other, wait, scheduler or other.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(Categories.Of(s.Event), out v)),
        Text("evt.source", "Always syscall.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(SourceName, out v)),
        Text("evt.hostname", "Name of the node.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(s.Event.Node, out v)),
        Number("evt.cpu", FieldType.Int, "Processor, from 0.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.Cpu, out v)),
        Number("evt.count", FieldType.UInt32, "Always 1.", (SyscallFields s, FieldRef _, out long v) => Set(1, out v)),
        Text("evt.args", "All parameters, as name=value(resolved).", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PrintAll(s), out v)),
        Text("evt.info", "As evt.args.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PrintAll(s), out v)),
        Text("evt.arg", "One parameter, by name or index, as text: its resolved form where there is one.", Arg, ArgumentRule.Parameter),
        new() { Name = "evt.rawarg", Type = FieldType.Text, Description = "One parameter, by name or index, unresolved.", ReadText = RawArg, ReadNumber = RawNumber, Argument = ArgumentRule.Parameter },
        new() { Name = "evt.buffer", Type = FieldType.Bytes, Description = "First bytes of what was read, written, sent or received.", ReadText = (SyscallFields s, FieldRef _, out Utf8 v) => Set(s.Event.Data, out v) },
        Number("evt.buflen", FieldType.UInt, "Bytes read, written, sent or received.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.Return ?? 0, out v) && !s.Event.Data.IsNull && v >= 0),
        Text("evt.res", "SUCCESS, or the error's name as ENOENT.", Result),
        Number("evt.rawres", FieldType.Int, "Return value, or the negated errno.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.Return ?? 0, out v) && s.Event.Return.HasValue),
        Flag("evt.failed", "Whether the call returned an error.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.Return < 0, out v)),
        Flag("evt.is_io", "Whether the call reads or writes.", (SyscallFields s, FieldRef _, out long v) => Set(Categories.IsRead(s.Event.Type) || Categories.IsWrite(s.Event.Type), out v)),
        Flag("evt.is_io_read", "Whether the call reads.", (SyscallFields s, FieldRef _, out long v) => Set(Categories.IsRead(s.Event.Type), out v)),
        Flag("evt.is_io_write", "Whether the call writes.", (SyscallFields s, FieldRef _, out long v) => Set(Categories.IsWrite(s.Event.Type), out v)),
        Flag("evt.is_wait", "Whether the call makes the thread wait.", (SyscallFields s, FieldRef _, out long v) => Set(Categories.IsWait(s.Event.Type), out v)),
        Flag("evt.is_open_read", "open, openat, openat2 or open_by_handle_at for reading.", (SyscallFields s, FieldRef _, out long v) => Set(OpenCalls.IsRead(s), out v)),
        Flag("evt.is_open_write", "open, openat, openat2 or open_by_handle_at for writing; never creat.", (SyscallFields s, FieldRef _, out long v) => Set(OpenCalls.IsWrite(s), out v)),
        Flag("evt.is_open_exec", "An open that may create, or creat, with an x bit in its mode.", (SyscallFields s, FieldRef _, out long v) => Set(OpenCalls.IsExec(s), out v)),
        Flag("evt.is_open_create", "An open that created the file.", (SyscallFields s, FieldRef _, out long v) => Set(OpenCalls.IsCreate(s), out v)),
        Text("fs.path.name", "Path that the call acts on, joined and normalised where it was relative.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PathCalls.Name(s, raw: false), out v)),
        Text("fs.path.nameraw", "Path that the call acts on, as passed.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PathCalls.Name(s, raw: true), out v)),
        Text("fs.path.source", "Source path of a rename or link; of a symlink the link itself.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PathCalls.Source(s, raw: false), out v)),
        Text("fs.path.sourceraw", "As fs.path.source, as passed.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PathCalls.Source(s, raw: true), out v)),
        Text("fs.path.target", "Target path of a rename or link; of a symlink what it points to.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PathCalls.Target(s, raw: false), out v)),
        Text("fs.path.targetraw", "As fs.path.target, as passed.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(PathCalls.Target(s, raw: true), out v)),
    ];

    private static Field Time(string name, string description) => new()
    {
        Name = name,
        Type = FieldType.Time,
        Description = description,
        ReadNumber = (SyscallFields s, FieldRef _, out long v) => Set(s.Event.TimeNs, out v),
    };

    private static bool Arg(SyscallFields s, FieldRef field, out Utf8 value)
    {
        var found = s.TryGetParam(field, out var param);
        value = found ? s.Print(param) : default;
        return found;
    }

    private static bool RawArg(SyscallFields s, FieldRef field, out Utf8 value)
    {
        var found = s.TryGetParam(field, out var param);
        value = found ? s.PrintRaw(param) : default;
        return found;
    }

    private static bool RawNumber(SyscallFields s, FieldRef field, out long value)
    {
        var found = s.TryGetParam(field, out var param) && param.Value.HasValue;
        value = param.Value ?? 0;
        return found;
    }

    private static bool Result(SyscallFields s, FieldRef field, out Utf8 value)
    {
        if (s.Event.Return is not { } result)
        {
            value = default;
            return false;
        }

        value = Names.Result(result);
        if (value.IsNull)
        {
            value = s.Scratch.Format(result);
        }

        return true;
    }

    private static Utf8 PrintAll(SyscallFields s)
    {
        var scratch = s.Scratch;
        scratch.Begin();
        foreach (ref readonly var param in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(s.Event.Params))
        {
            if (scratch.Length > 0)
            {
                scratch.Append((byte)' ');
            }

            scratch.Append(param.Name.Span);
            scratch.Append((byte)'=');
            AppendValue(scratch, param);
        }

        return scratch.End();
    }

    private static void AppendValue(Scratch scratch, in Param param)
    {
        if (!param.Text.IsNull)
        {
            scratch.Append(param.Text.Span);
        }
        else if (param.Value is { } value)
        {
            scratch.Append(value);
        }
        else
        {
            scratch.Append(param.Resolved.Span);
            return;
        }

        if (param.Resolved.Length > 0 && !param.Resolved.Equals(param.Text))
        {
            scratch.Append((byte)'(');
            scratch.Append(param.Resolved.Span);
            scratch.Append((byte)')');
        }
    }
}
