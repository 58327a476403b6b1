using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Text;

namespace Syscribe.Inference.Verdicts;

/// <summary>
/// A stable 64-bit hash of what an event does, without its accidents (pids, times, random names, numbers): the key of
/// <c>suspects.v1</c> and of the verdict cache. Hashed, in this order, each behind its length:
/// call; whether it succeeded; executable; parent's name; first and second path, normalised and shortened
/// (<see cref="PathScope"/>); flags; other texts, normalised; argv[0] where it says something else; steps upwards in the
/// path; standard stream; class of user (root, system, person); image; class and well-known port of the far end; and, for calls that
/// start a program, its arguments, normalised.
/// </summary>
/// <remarks>
/// Arguments count where a program starts, or a harmless <c>sh -c ls</c> would vouch for every <c>sh -c</c>. The hash is
/// XXH64 with seed 0: the same on every machine and in every release, until the list above changes.
/// </remarks>
public static class BehaviourSignature
{
    // The first user id of people on Linux (login.defs UID_MIN), and the first port that is not a well-known one.
    private const long FirstPerson = 1000;
    private const int FirstEphemeralPort = 32768;

    [ThreadStatic]
    private static XxHash64? _state;

    /// <summary>The signature of <paramref name="e"/>. Allocates nothing but, once a thread, the hash's state.</summary>
    public static ulong Of(SyscallEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var hash = _state ??= new XxHash64(seed: 0);
        hash.Reset();
        Append(hash, e.Type.Span);
        Append(hash, EventFacts.Error(e) switch { null => "?"u8, 0 => "ok"u8, _ => "failed"u8 });
        AppendNormal(hash, e.Process is { } process ? process.ExePath.Span : default);
        Append(hash, e.Process is { Ancestors: [var parent, ..] } ? parent.Name.Span : default);
        AppendPath(hash, e, 0);
        AppendPath(hash, e, 1);
        AppendFlags(hash, e);
        AppendText(hash, e, 0);
        AppendText(hash, e, 1);
        AppendNormal(hash, EventFacts.OtherName(e.Process));
        AppendNormal(hash, EventFacts.Traversal(e));
        Append(hash, EventFacts.StandardStream(e) switch { 0 => "0"u8, 1 => "1"u8, 2 => "2"u8, _ => default });
        Append(hash, UserClass(e.Process));
        Append(hash, ToText.Image(e.Process));
        AppendPeer(hash, e);
        AppendArguments(hash, e);
        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>A path that a call names, as signatures see it; for explaining.</summary>
    public static string Normalize(ReadOnlySpan<byte> path)
    {
        Span<byte> normal = stackalloc byte[PathNormalizer.MaxBytes];
        return Printable.Escape(Encoding.UTF8.GetString(PathScope.Shorten(normal, PathNormalizer.Write(path, normal), PathScope.Named)));
    }

    private static void Append(XxHash64 hash, ReadOnlySpan<byte> part)
    {
        var length = part.Length;
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in length)));
        hash.Append(part);
    }

    private static void AppendNormal(XxHash64 hash, ReadOnlySpan<byte> text)
    {
        Span<byte> normal = stackalloc byte[PathNormalizer.MaxBytes];
        Append(hash, normal[..PathNormalizer.Write(text, normal)]);
    }

    // What a descriptor stands for was judged when it was opened: a find over a disk would else be a behaviour for each file.
    private static void AppendPath(XxHash64 hash, SyscallEvent e, int ordinal)
    {
        Span<byte> normal = stackalloc byte[PathNormalizer.MaxBytes];
        var length = PathNormalizer.Write(EventFacts.Path(e, ordinal), normal);
        Append(hash, PathScope.Shorten(normal, length, EventFacts.NamesPath(e) ? PathScope.Named : PathScope.Held));
    }

    // A name relative to a directory is one of many alike: of it only the extension counts.
    private static void AppendText(XxHash64 hash, SyscallEvent e, int ordinal)
    {
        Span<byte> normal = stackalloc byte[PathNormalizer.MaxBytes];
        var length = PathNormalizer.Write(EventFacts.Text(e, ordinal, out var isName), normal);
        Append(hash, isName ? PathScope.Extension(normal[..length]) : normal[..length]);
    }

    private static void AppendFlags(XxHash64 hash, SyscallEvent e)
    {
        foreach (ref readonly var param in CollectionsMarshal.AsSpan(e.Params))
        {
            if (EventFacts.Classify(param, e.Process, out var text) == EventFacts.Kind.Flags)
            {
                Append(hash, text);
            }
        }

        // Ends the flags: no text has this length.
        var end = -1;
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in end)));
    }

    private static ReadOnlySpan<byte> UserClass(ProcessInfo? process) => process switch
    {
        null => default,
        { UserId: 0 } => "root"u8,
        { UserId: < FirstPerson } => "system"u8,
        _ => "person"u8,
    };

    private static void AppendPeer(XxHash64 hash, SyscallEvent e)
    {
        var (ip, port) = e.Fd.Role == SocketRole.Server ? (e.Fd.ClientIp, e.Fd.ClientPort) : (e.Fd.ServerIp, e.Fd.ServerPort);
        Append(hash, EventFacts.AddressClass(e.HasFd ? ip.Span : default));
        var known = e.HasFd && port is > 0 and < FirstEphemeralPort ? port.Value : 0;
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in known)));
    }

    private static void AppendArguments(XxHash64 hash, SyscallEvent e)
    {
        if (e.Process is not { } process || !e.Type.Span.StartsWith("exec"u8))
        {
            return;
        }

        foreach (var argument in process.Args)
        {
            AppendNormal(hash, argument.Span);
        }
    }
}
