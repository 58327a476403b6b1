using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Syscribe.Events;

namespace Syscribe.Inference.Text;

/// <summary>
/// What an event says, in the terms that every system call shares: the objects it names (first and second path), flags,
/// other texts, remote address. Found by the form of the values and not by the call's name, so that a call nobody has
/// seen yields the same facts as its older kin.
/// </summary>
internal static class EventFacts
{
    private static readonly Utf8[] SpecialModes =
    [
        default, Utf8.From("S_ISVTX"), Utf8.From("S_ISGID"), Utf8.From("S_ISVTX|S_ISGID"), Utf8.From("S_ISUID"),
        Utf8.From("S_ISVTX|S_ISUID"), Utf8.From("S_ISGID|S_ISUID"), Utf8.From("S_ISVTX|S_ISGID|S_ISUID"),
    ];

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdef.:[]"u8);

    /// <summary>Class of a parameter's printed form.</summary>
    public enum Kind
    {
        /// <summary>A number without meaning of its own: descriptor, pid, size, address.</summary>
        Number,

        /// <summary>An absolute path.</summary>
        Path,

        /// <summary>A descriptor of an absolute path.</summary>
        Descriptor,

        /// <summary>Names of constants, as <c>O_RDONLY|O_CLOEXEC</c> or <c>PTRACE_ATTACH</c>.</summary>
        Flags,

        /// <summary>A socket address, as <c>10.0.0.7:443</c>.</summary>
        Address,

        /// <summary>Anything else: a user name, a relative name.</summary>
        Text,
    }

    /// <summary>The class of <paramref name="param"/> and its text, without the mark of a descriptor (<c>&lt;f&gt;</c>).</summary>
    public static Kind Classify(in Param param, ProcessInfo? process, out ReadOnlySpan<byte> text)
    {
        text = param.Resolved.IsNull ? param.Text.Span : param.Resolved.Span;

        // The kernel's newest calls come with a mode's number alone; of its bits these three say something.
        if (param.Value is > 0 and <= 0xffff and { } bits && param.Resolved.IsNull && (bits >> 9 & 7) is > 0 and var special && param.Name.Span.SequenceEqual("mode"u8))
        {
            text = SpecialModes[(int)special].Span;
            return Kind.Flags;
        }

        // A number's name is said once: that of an error is the result's, and -100 (AT_FDCWD) is no news; a number that is
        // only printed (an address, an octal mode) says nothing; the process and its user stand in fields of their own.
        if (Repeats(param.Name.Span) || param.Value < 0 || (param.Value is not null && (param.Resolved.IsNull || IsOf(process, text))))
        {
            return Kind.Number;
        }

        if (text.Length >= 3 && text[0] == '<' && text[1..].IndexOf((byte)'>') is var end and >= 0 and <= 3)
        {
            text = text[(end + 2)..];
            return text.StartsWith("/"u8) ? Kind.Descriptor : Kind.Number;
        }

        if (param.Name.Span.SequenceEqual("filename"u8) && process is not null && (text.SequenceEqual(process.ExePath.Span) || text.SequenceEqual(process.Exe.Span)))
        {
            return Kind.Number;
        }

        if (text.IsEmpty || text.StartsWith("EXE_"u8) || text.SequenceEqual("O_NONE"u8) || text.SequenceEqual("NULL"u8) || text.SequenceEqual("<NA>"u8))
        {
            return Kind.Number;
        }

        // Only what the agent resolved from a number can be a constant's name: a process's own text never is.
        return text[0] == '/' ? Kind.Path
            : param.Value is not null && IsFlags(text) ? Kind.Flags
            : IsNumber(text) ? Kind.Number
            : IsAddress(text) ? Kind.Address
            : Kind.Text;
    }

    /// <summary>
    /// The <paramref name="ordinal"/>-th path (from 0) that the process passed, or where it passed none, of the descriptors:
    /// the one that the call made, those that were passed, the event's own.
    /// </summary>
    public static ReadOnlySpan<byte> Path(SyscallEvent e, int ordinal)
    {
        var made = e.HasFd && e.Fd.NameChanged && e.Fd.Name.Span.StartsWith("/"u8);
        if (!Nth(e, Kind.Path, 0).IsEmpty)
        {
            var path = Nth(e, Kind.Path, ordinal);

            // Without steps upwards, which an absolute path is passed with and not joined.
            return ordinal == 0 && e.HasFd && e.Fd.Name.Span.StartsWith("/"u8) && path.SequenceEqual(e.Fd.NameRaw.Span) ? e.Fd.Name.Span : path;
        }

        var passed = made && ordinal == 0 ? e.Fd.Name.Span : Nth(e, Kind.Descriptor, ordinal);
        return passed.IsEmpty && ordinal == 0 && e.HasFd ? DescriptorPath(e.Fd.Name.Span) : passed;
    }

    // Of a Unix socket's name, "address->address path", the path.
    private static ReadOnlySpan<byte> DescriptorPath(ReadOnlySpan<byte> name)
    {
        var start = name.StartsWith("/"u8) ? 0 : name.IndexOf(" /"u8) + 1;
        return start > 0 || name.StartsWith("/"u8) ? name[start..] : default;
    }

    /// <summary>Whether the process passed a path, and not only descriptors.</summary>
    public static bool NamesPath(SyscallEvent e) => !Nth(e, Kind.Path, 0).IsEmpty;

    /// <summary>The <paramref name="ordinal"/>-th text (from 0) that is neither path nor constant; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Text(SyscallEvent e, int ordinal) => Text(e, ordinal, out _);

    /// <summary>As <see cref="Text(SyscallEvent, int)"/>, and whether it is the name of a file: a path that is not absolute.</summary>
    public static ReadOnlySpan<byte> Text(SyscallEvent e, int ordinal, out bool isName)
    {
        foreach (ref readonly var param in CollectionsMarshal.AsSpan(e.Params))
        {
            if (Classify(param, e.Process, out var text) == Kind.Text && ordinal-- == 0)
            {
                // As the kernel's own metadata and the calls read in depth name such arguments.
                isName = param.Name.Span.EndsWith("name"u8) || param.Name.Span.EndsWith("path"u8);
                return text;
            }
        }

        isName = false;
        return default;
    }

    private static ReadOnlySpan<byte> Nth(SyscallEvent e, Kind kind, int ordinal)
    {
        foreach (ref readonly var param in CollectionsMarshal.AsSpan(e.Params))
        {
            if (Classify(param, e.Process, out var text) == kind && ordinal-- == 0)
            {
                return text;
            }
        }

        return default;
    }

    /// <summary>
    /// The descriptor's path as the process wrote it, where it steps upwards: what the joined path no longer shows.
    /// </summary>
    public static ReadOnlySpan<byte> Traversal(SyscallEvent e) =>
        e.HasFd && e.Fd.NameRaw.Span.IndexOf("../"u8) >= 0 ? e.Fd.NameRaw.Span : default;

    /// <summary>The standard stream that the event's descriptor is: 0, 1 or 2; else -1.</summary>
    public static int StandardStream(SyscallEvent e) => e.HasFd && e.Fd.Num is >= 0 and <= 2 ? (int)e.Fd.Num : -1;

    /// <summary>argv[0] where it is not what the command's name and the executable's path say already.</summary>
    public static ReadOnlySpan<byte> OtherName(ProcessInfo? process)
    {
        if (process is null || process.Exe.Length == 0 || process.Exe == process.ExePath || process.Exe == process.Name)
        {
            return default;
        }

        return process.Exe.Span;
    }

    /// <summary>The working directory where a relative argv[0] needs it.</summary>
    public static ReadOnlySpan<byte> Directory(ProcessInfo? process) =>
        process is not null && process.Exe.Span.StartsWith("."u8) ? process.Cwd.Span : default;

    /// <summary>Outcome: the error number, 0 for success, null where unknown.</summary>
    public static long? Error(SyscallEvent e) => e.Return is < 0 and > -4096 ? -e.Return : e.Return is null ? null : 0;

    /// <summary>
    /// Writes the far end of the event's socket, <c>address:port</c>, or else the address that the process passed; 0 bytes
    /// where there is none.
    /// </summary>
    public static int RemoteAddress(SyscallEvent e, Span<byte> destination)
    {
        var (ip, port) = e.Fd.Role == SocketRole.Server ? (e.Fd.ClientIp, e.Fd.ClientPort) : (e.Fd.ServerIp, e.Fd.ServerPort);
        if (!e.HasFd || ip.Length is not (4 or 16) || !new IPAddress(ip.Span).TryFormat(destination, out var written))
        {
            var passed = Nth(e, Kind.Address, 0);
            passed = passed[..Math.Min(passed.Length, destination.Length)];
            passed.CopyTo(destination);
            return passed.Length;
        }

        if (port is { } number)
        {
            destination[written++] = (byte)':';
            Utf8Formatter.TryFormat(number, destination[written..], out var digits);
            written += digits;
        }

        return written;
    }

    /// <summary>Class of the far end: the address itself is an accident of one machine or attack.</summary>
    public static ReadOnlySpan<byte> AddressClass(ReadOnlySpan<byte> ip)
    {
        if (ip.Length is not (4 or 16))
        {
            return "none"u8;
        }

        var address = new IPAddress(ip);
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(address))
        {
            return "loopback"u8;
        }

        return address.AddressFamily == AddressFamily.InterNetwork
            ? ClassOfV4(address)
            : address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal ? "private"u8 : "public"u8;
    }

    private static ReadOnlySpan<byte> ClassOfV4(IPAddress address)
    {
        Span<byte> b = stackalloc byte[4];
        address.TryWriteBytes(b, out _);
        return b[0] == 10 || (b[0] == 172 && b[1] is >= 16 and < 32) || (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254)
            ? "private"u8
            : b[0] == 0 ? "any"u8 : "public"u8;
    }

    // Parameters that say again what the process record or the descriptor says, and what was read or written.
    private static bool Repeats(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("exe"u8) || name.SequenceEqual("args"u8) || name.SequenceEqual("comm"u8) || name.SequenceEqual("cwd"u8)
        || name.SequenceEqual("cgroups"u8) || name.SequenceEqual("env"u8) || name.SequenceEqual("tty"u8) || name.SequenceEqual("loginuid"u8)
        || name.SequenceEqual("trusted_exepath"u8) || name.SequenceEqual("tuple"u8) || name.SequenceEqual("data"u8)
        || name.SequenceEqual("tid"u8) || name.SequenceEqual("ptid"u8) || name.StartsWith("cap_"u8);

    // Names that the agent resolves pids, user and group ids to.
    private static bool IsOf(ProcessInfo? process, ReadOnlySpan<byte> name) => process is not null
        && (name.SequenceEqual(process.Name.Span) || name.SequenceEqual(process.UserName.Span)
            || name.SequenceEqual(process.LoginName.Span) || name.SequenceEqual(process.GroupName.Span));

    // Digits, and letters of IPv6, with a port behind the last colon.
    private static bool IsAddress(ReadOnlySpan<byte> text)
    {
        var colon = text.LastIndexOf((byte)':');
        return colon > 1 && text[(colon + 1)..] is { IsEmpty: false } port && IsNumber(port) && !text[..colon].ContainsAnyExcept(AddressBytes)
            && text[..colon].ContainsAny((byte)'.', (byte)':');
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    // Constants as the kernel names them: capitals, digits, underscores, joined by |, at least one capital and underscore.
    private static bool IsFlags(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'_'))
        {
            return false;
        }

        var capitals = false;
        foreach (var b in text)
        {
            if (b is >= (byte)'A' and <= (byte)'Z')
            {
                capitals = true;
            }
            else if (b is not ((>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'|'))
            {
                return false;
            }
        }

        return capitals;
    }
}
