using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Syscalls;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Applies one call to the state and then fills its event. Static methods: no state of their own.</summary>
internal delegate void CallHandler(Call call);

/// <summary>
/// The call at hand and what its handler needs: record, acting process, event to fill. One object, reused for every
/// record; everything that it gives is valid until the next one.
/// </summary>
internal sealed class Call(CaptureState state)
{
    /// <summary>AT_FDCWD.</summary>
    public const int CurrentDirectory = -100;

    private static readonly Utf8 CurrentDirectoryText = Utf8.From("AT_FDCWD");
    private static readonly Utf8 NotAvailable = Utf8.From("<NA>");

    public CaptureState State { get; } = state;

    public Record Record { get; } = new();

    public Arena Arena => State.Arena;

    /// <summary>Set for each record by the assembler, before the handler.</summary>
    public SyscallInfo Info { get; set; } = null!;

    /// <inheritdoc cref="Info"/>
    public ProcessState Process { get; set; } = null!;

    /// <inheritdoc cref="Info"/>
    public SyscallEvent Event { get; set; } = null!;

    public long Return => Record.Header.Return;

    public bool Failed => Return < 0;

    public ulong Arg(int index) => Record.Arg(index);

    public int IntArg(int index) => (int)Record.Arg(index);

    public uint UIntArg(int index) => (uint)Record.Arg(index);

    /// <summary>What a descriptor of the acting process refers to; null where that is not known.</summary>
    public FdInfo? Find(long number) => State.Fds.Find(Process, number, Record.Header.KtimeNs);

    public void Add(Utf8 name, long value) => Event.Params.Add(new Param(name, value, default, default));

    public void Add(Utf8 name, long value, Utf8 resolved) => Event.Params.Add(new Param(name, value, default, resolved));

    public void AddText(Utf8 name, Utf8 text) => Event.Params.Add(new Param(name, null, text, default));

    /// <summary>A number that is printed in another base, with an optional meaning.</summary>
    public void AddPrinted(Utf8 name, ulong value, Utf8 text, Utf8 resolved = default) =>
        Event.Params.Add(new Param(name, (long)value, text, resolved));

    /// <summary>A parameter that the kernel side does not provide: all null.</summary>
    public void AddMissing(Utf8 name) => Event.Params.Add(new Param(name, null, default, default));

    /// <summary>The first parameter of most calls: the result, with the name of an error.</summary>
    public void AddResult() => Add(ParamNames.Res, Return, Errno.Name(Return));

    /// <summary>A descriptor: <c>4(&lt;f&gt;/path)</c>, <c>-100(AT_FDCWD)</c>, or a negative one as the error of that number.</summary>
    public void AddFd(Utf8 name, long number) => Add(name, number, FdText(number));

    public void AddFd(Utf8 name, long number, FdInfo? info) => Add(name, number, info?.Display ?? default);

    /// <summary>A path, with its joined form if it is relative.</summary>
    public void AddPath(Utf8 name, Utf8 path, int directory = CurrentDirectory)
    {
        var text = path.IsNull ? NotAvailable : path;
        var resolved = path.Length == 0 || PathText.IsAbsolute(path) ? default : Join(directory, path);
        Event.Params.Add(new Param(name, null, text, resolved));
    }

    /// <summary>
    /// The absolute, normalised form of a path relative to a directory descriptor; null where that directory is not known.
    /// </summary>
    public Utf8 Join(int directory, Utf8 path)
    {
        var start = PathText.IsAbsolute(path) ? Utf8.Empty : Directory(directory);
        return start.IsNull || path.IsNull ? default : PathText.Join(Arena, start, path);
    }

    /// <summary>The event's descriptor, known.</summary>
    public void SetFd(long number, FdInfo? info, bool nameChanged = false)
    {
        if (info is null)
        {
            SetUnknownFd(number, Utf8.Empty, Utf8.Empty);
            return;
        }

        var fd = Event.Fd;
        Event.HasFd = true;
        fd.Num = number;
        fd.NameChanged = nameChanged;
        info.Fill(fd);
        if (info is SocketFd { Role: SocketRole.Client or SocketRole.Server } socket)
        {
            // Its own end is known to be local to a process that connected, in whatever network namespace it is.
            fd.ClientIsLocal = socket.Role == SocketRole.Client || State.Addresses.Contains(socket.Client.Address);
        }
    }

    /// <summary>The event's descriptor, of which nothing is known: <c>fd.typechar</c> falls back on the event.</summary>
    public void SetUnknownFd(long number, Utf8 name, Utf8 nameRaw)
    {
        var fd = Event.Fd;
        Event.HasFd = true;
        fd.Num = number;
        fd.TypeChar = Info.TypeChar;
        fd.Name = name;
        fd.NameRaw = nameRaw;
    }

    /// <summary>Data that went through the call, as parameter and as the event's buffer.</summary>
    public void AddData()
    {
        var data = Failed ? default : Record.Bytes(BlockKind.Data);
        Event.Data = data;
        AddText(ParamNames.Data, data.IsNull ? Null : data);
    }

    /// <summary>The text for something that is not there.</summary>
    public static Utf8 Null { get; } = Utf8.From("NULL");

    private Utf8 FdText(long number)
    {
        if (number >= 0)
        {
            return Return == Errno.BadDescriptor && Process.Fds[number] is null ? default : Find(number)?.Display ?? default;
        }

        return number == CurrentDirectory ? CurrentDirectoryText : Errno.Name(number);
    }

    private Utf8 Directory(int number)
    {
        if (number == CurrentDirectory)
        {
            return Process.Cwd.Length == 0 ? default : Process.Cwd;
        }

        return Find(number) is { Kind: FdKind.Directory or FdKind.File } info ? info.Name : default;
    }
}
