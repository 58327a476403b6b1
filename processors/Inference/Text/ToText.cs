using System.Buffers.Text;
using System.Runtime.InteropServices;
using Syscribe.Events;

namespace Syscribe.Inference.Text;

/// <summary>
/// The one rendering of an event for a model: one line of printable ASCII, <c>key=value</c> in fixed order, the same keys
/// whatever the system call, so that an unseen call differs from a seen one by its name only. <c>-</c> is a missing value.
/// <code>
/// call     event type                                     res    ok, or the error number
/// proc     command name                                   argv0  where it says something else
/// exe      executable's path                              args   arguments, blanks between
/// cwd      working directory, of a relative argv0         parent, parent2, parent3  ancestors' command names
/// up       command names above them, blanks between       user   user name
/// root     yes or no: user id 0                           tty    yes or no
/// image    container image, host, or container            origin  of the executable: writable, upper, memfd
/// fd       type of the descriptor                         std    its number, of a standard stream: 0, 1 or 2
/// path, path2  paths that the call names                  raw    the first path as written, where it steps upwards
/// flags    constants, in the call's order                 text, text2  other texts that it names
/// peer     far end of the socket, address:port            env    variables that change what a program loads
/// </code>
/// </summary>
/// <remarks>
/// What a process chose cannot leave its value: see <see cref="FieldWriter"/>. Numbers without a name (descriptors, pids,
/// sizes), times, buffers and the rest of the environment are left out: accidents, or secrets. Allocates nothing.
/// </remarks>
public static class ToText
{
    private const int NameBound = 64, PathBound = 160, ArgsBound = 384, FlagsBound = 96, TextBound = 96;
    private const int ShownAncestors = 3;

    /// <summary>No rendering is longer, in bytes.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Keys, in order.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "call", "res", "proc", "argv0", "exe", "args", "cwd", "parent", "parent2", "parent3", "up", "user", "root", "tty", "image",
        "origin", "fd", "std", "path", "path2", "raw", "flags", "text", "text2", "peer", "env",
    ];

    /// <summary>Renders <paramref name="e"/> into <paramref name="destination"/> and says how many bytes that took.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> holds less than <see cref="MaxBytes"/>.</exception>
    public static int Write(SyscallEvent e, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (destination.Length < MaxBytes)
        {
            throw new ArgumentException($"a buffer of {destination.Length} bytes; ToText needs {MaxBytes}", nameof(destination));
        }

        var line = new FieldWriter(destination);
        Field(ref line, "call"u8, e.Type, NameBound);
        WriteResult(ref line, e);
        WriteProcess(ref line, e.Process);
        Field(ref line, "fd"u8, e.HasFd ? e.Fd.Type : default, NameBound);
        WriteStream(ref line, e);
        Field(ref line, "path"u8, EventFacts.Path(e, 0), PathBound);
        Field(ref line, "path2"u8, EventFacts.Path(e, 1), PathBound);
        Field(ref line, "raw"u8, EventFacts.Traversal(e), TextBound);
        WriteFlags(ref line, e);
        Field(ref line, "text"u8, EventFacts.Text(e, 0), TextBound);
        Field(ref line, "text2"u8, EventFacts.Text(e, 1), TextBound);
        WritePeer(ref line, e);
        WriteEnvironment(ref line, e);
        return line.Length;
    }

    /// <summary>Renders <paramref name="e"/> into a new array.</summary>
    public static byte[] Render(SyscallEvent e)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        return buffer[..Write(e, buffer)].ToArray();
    }

    private static void Field(ref FieldWriter line, ReadOnlySpan<byte> key, Utf8 value, int bound)
    {
        line.Key(key);
        if (value.IsNull)
        {
            line.None();
        }
        else
        {
            line.Value(value.Span, bound);
        }
    }

    private static void Field(ref FieldWriter line, ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value, int bound)
    {
        line.Key(key);
        if (value.IsEmpty)
        {
            line.None();
        }
        else
        {
            line.Value(value, bound);
        }
    }

    private static void WriteResult(ref FieldWriter line, SyscallEvent e)
    {
        line.Key("res"u8);
        Span<byte> digits = stackalloc byte[8];
        switch (EventFacts.Error(e))
        {
            case null:
                line.None();
                break;
            case 0:
                line.Put("ok"u8);
                break;
            case { } error:
                Utf8Formatter.TryFormat(error, digits, out var length);
                line.Put(digits[..length]);
                break;
        }
    }

    private static void WriteProcess(ref FieldWriter line, ProcessInfo? process)
    {
        Field(ref line, "proc"u8, process?.Name ?? default, NameBound);
        Field(ref line, "argv0"u8, EventFacts.OtherName(process), PathBound);
        Field(ref line, "exe"u8, process?.ExePath ?? default, PathBound);
        WriteArguments(ref line, process);
        Field(ref line, "cwd"u8, EventFacts.Directory(process), PathBound);
        Field(ref line, "parent"u8, Ancestor(process, 0), NameBound);
        Field(ref line, "parent2"u8, Ancestor(process, 1), NameBound);
        Field(ref line, "parent3"u8, Ancestor(process, 2), NameBound);
        WriteFurtherAncestors(ref line, process);
        Field(ref line, "user"u8, process?.UserName ?? default, NameBound);
        line.Key("root"u8);
        line.Put(process is null ? "-"u8 : process.UserId == 0 ? "yes"u8 : "no"u8);
        line.Key("tty"u8);
        line.Put(process is null ? "-"u8 : process.Tty != 0 ? "yes"u8 : "no"u8);
        WriteImage(ref line, process);
        WriteOrigin(ref line, process);
    }

    private static void WriteArguments(ref FieldWriter line, ProcessInfo? process)
    {
        if (process is null)
        {
            Field(ref line, "args"u8, default(Utf8), ArgsBound);
            return;
        }

        var joined = new Joiner(stackalloc byte[Joiner.Capacity]);
        for (var i = 0; i < process.Args.Count; i++)
        {
            joined.Add(process.Args[i].Span, (byte)' ');
        }

        Field(ref line, "args"u8, joined.Written, ArgsBound);
    }

    private static void WriteFurtherAncestors(ref FieldWriter line, ProcessInfo? process)
    {
        var joined = new Joiner(stackalloc byte[Joiner.Capacity]);
        for (var i = ShownAncestors; i < (process?.Ancestors.Count ?? 0); i++)
        {
            joined.Add(process!.Ancestors[i].Name.Span, (byte)' '); // Counted above.
        }

        Field(ref line, "up"u8, joined.Written, TextBound);
    }

    private static void WriteStream(ref FieldWriter line, SyscallEvent e)
    {
        line.Key("std"u8);
        line.Put(EventFacts.StandardStream(e) switch { 0 => "0"u8, 1 => "1"u8, 2 => "2"u8, _ => "-"u8 });
    }

    private static Utf8 Ancestor(ProcessInfo? process, int generation) =>
        process is not null && generation < process.Ancestors.Count ? process.Ancestors[generation].Name : default;

    private static void WriteImage(ref FieldWriter line, ProcessInfo? process) =>
        Field(ref line, "image"u8, Image(process), PathBound);

    /// <summary>The image's name; <c>host</c> outside containers, <c>container</c> while the runtime has not told.</summary>
    internal static ReadOnlySpan<byte> Image(ProcessInfo? process)
    {
        if (process is null || process.ContainerId.Length == 0)
        {
            return default;
        }

        return process.ContainerId.Span.SequenceEqual("host"u8) ? "host"u8
            : process.Container is { ImageRepository.Length: > 0 } container ? container.ImageRepository.Span
            : "container"u8;
    }

    private static void WriteOrigin(ref FieldWriter line, ProcessInfo? process)
    {
        var joined = new Joiner(stackalloc byte[Joiner.Capacity]);
        var flags = process?.ExeFlags ?? ExeFlags.None;
        joined.AddIf((flags & ExeFlags.Writable) != 0, "writable"u8, (byte)',');
        joined.AddIf((flags & ExeFlags.UpperLayer) != 0, "upper"u8, (byte)',');
        joined.AddIf((flags & ExeFlags.FromMemfd) != 0, "memfd"u8, (byte)',');
        Field(ref line, "origin"u8, joined.Written, TextBound);
    }

    private static void WriteFlags(ref FieldWriter line, SyscallEvent e)
    {
        var joined = new Joiner(stackalloc byte[Joiner.Capacity]);
        foreach (ref readonly var param in CollectionsMarshal.AsSpan(e.Params))
        {
            var kind = EventFacts.Classify(param, e.Process, out var text);
            joined.AddIf(kind == EventFacts.Kind.Flags, text, (byte)'|');
        }

        Field(ref line, "flags"u8, joined.Written, FlagsBound);
    }

    private static void WritePeer(ref FieldWriter line, SyscallEvent e)
    {
        Span<byte> address = stackalloc byte[64];
        Field(ref line, "peer"u8, address[..EventFacts.RemoteAddress(e, address)], NameBound);
    }

    private static void WriteEnvironment(ref FieldWriter line, SyscallEvent e)
    {
        var joined = new Joiner(stackalloc byte[Joiner.Capacity]);
        foreach (var variable in e.HasEnv ? CollectionsMarshal.AsSpan(e.Env) : default)
        {
            var text = variable.Span;
            joined.AddIf(
                text.StartsWith("LD_PRELOAD="u8) || text.StartsWith("LD_LIBRARY_PATH="u8) || text.StartsWith("LD_AUDIT="u8)
                || text.StartsWith("GLIBC_TUNABLES="u8), text, (byte)' ');
        }

        Field(ref line, "env"u8, joined.Written, PathBound);
    }
}
