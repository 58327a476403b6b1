namespace Syscribe.Rules.Fields;

/// <summary><c>evt.is_open_*</c>: false, not missing, for calls that open nothing. Flags are Falco's bits.</summary>
internal static class OpenCalls
{
    private const long Read = 1;
    private const long Write = 2;
    private const long Create = 4;
    private const long TmpFile = 8192;
    private const long Created = 16384;
    private const long AnyExecute = 0b001_001_001;

    public static bool IsRead(SyscallFields s) => Opens(s.Event.Type.Span) && (Flags(s) & Read) != 0;

    public static bool IsWrite(SyscallFields s) => Opens(s.Event.Type.Span) && (Flags(s) & Write) != 0;

    public static bool IsExec(SyscallFields s)
    {
        var type = s.Event.Type.Span;
        var mayCreate = type.SequenceEqual("creat"u8) || (OpensByName(type) && (Flags(s) & (Create | TmpFile)) != 0);
        return mayCreate && (s.ParamValue("mode"u8) & AnyExecute) != 0;
    }

    public static bool IsCreate(SyscallFields s)
    {
        if (!Opens(s.Event.Type.Span))
        {
            return false;
        }

        var flags = Flags(s);
        return (flags & Created) != 0 || (s.Event.Return >= 0 && (flags & TmpFile) != 0);
    }

    private static long Flags(SyscallFields s) => s.ParamValue("flags"u8);

    private static bool Opens(ReadOnlySpan<byte> type) => OpensByName(type) || type.SequenceEqual("open_by_handle_at"u8);

    private static bool OpensByName(ReadOnlySpan<byte> type) =>
        type.StartsWith("open"u8) && (type.Length == 4 || type.SequenceEqual("openat"u8) || type.SequenceEqual("openat2"u8));
}
