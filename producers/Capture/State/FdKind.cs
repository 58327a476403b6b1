using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>What a descriptor refers to.</summary>
internal enum FdKind : byte
{
    File,
    Directory,
    IPv4,
    IPv6,
    Unix,
    Pipe,
    Event,
    Signal,
    EventPoll,
    Inotify,
    Timer,
    Netlink,
    Bpf,
    UserFault,
    IoUring,
    Memfd,
    Pidfd,

    /// <summary>A socket family that Falco does not know (AF_PACKET): <c>fd.type</c> is the text <c>&lt;NA&gt;</c>.</summary>
    OtherSocket,
    Other,
}

/// <summary>Falco's names of descriptor kinds: <c>fd.type</c> and <c>fd.typechar</c>.</summary>
internal static class FdKinds
{
    private static readonly (Utf8 Type, Utf8 Letter)[] Names = Encode(
    [
        ("file", "f"), ("directory", "d"), ("ipv4", "4"), ("ipv6", "6"), ("unix", "u"), ("pipe", "p"), ("event", "e"),
        ("signalfd", "s"), ("eventpoll", "l"), ("inotify", "i"), ("timerfd", "t"), ("netlink", "n"), ("bpf", "b"),
        ("userfaultfd", "u"), ("io_uring", "r"), ("memfd", "m"), ("pidfd", "P"), ("<NA>", "o"), ("other", "o"),
    ]);

    public static Utf8 Type(this FdKind kind) => Names[(int)kind].Type;

    public static Utf8 Letter(this FdKind kind) => Names[(int)kind].Letter;

    public static bool IsIp(this FdKind kind) => kind is FdKind.IPv4 or FdKind.IPv6;

    public static bool IsSocket(this FdKind kind) =>
        kind is FdKind.IPv4 or FdKind.IPv6 or FdKind.Unix or FdKind.Netlink or FdKind.OtherSocket;

    private static (Utf8 Type, Utf8 Letter)[] Encode((string Type, string Letter)[] names) =>
        [.. names.Select(name => (Utf8.From(name.Type), Utf8.From(name.Letter)))];
}
