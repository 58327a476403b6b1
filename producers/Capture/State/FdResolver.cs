using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// Finds what a descriptor refers to: in the process's table, else once in /proc for those that were open before the
/// capture began or came in ways that are not tracked.
/// </summary>
/// <remarks>Bounded: at most <see cref="MaxPerSecond"/> links are read in a second of event time; the rest stay unknown and are counted.</remarks>
internal sealed class FdResolver(IProcessSource source, FdInfoCache cache)
{
    public const int MaxPerSecond = 5000;

    private const ulong SecondNs = 1_000_000_000;
    private const string Deleted = " (deleted)";

    private ulong _second;
    private int _inSecond;

    /// <summary>Links read.</summary>
    public long Resolved { get; private set; }

    /// <summary>Not looked up, because of the bound.</summary>
    public long Skipped { get; private set; }

    /// <summary>What <paramref name="number"/> refers to; null where that cannot be known.</summary>
    public FdInfo? Find(ProcessState process, long number, ulong ktimeNs)
    {
        if (process.Fds[number] is { } info)
        {
            return info;
        }

        return number < 0 || process.ExitedNs != 0 || process.Fds.IsUnresolvable(number) || !Allowed(ktimeNs)
            ? null
            : Resolve(process, number);
    }

    /// <summary>What a link in <c>/proc/PID/fd</c> says.</summary>
    internal FdInfo FromLink(string link, Func<bool> isDirectory)
    {
        if (IsSocket(link))
        {
            return cache.Named(FdKind.OtherSocket, Utf8.From(link), Utf8.Empty);
        }

        if (link.StartsWith("pipe:", StringComparison.Ordinal))
        {
            return cache.Named(FdKind.Pipe, Utf8.From(link), Utf8.Empty);
        }

        if (link.StartsWith("anon_inode:", StringComparison.Ordinal))
        {
            return cache.Nameless(AnonymousKind(link["anon_inode:".Length..]));
        }

        if (link.StartsWith("/memfd:", StringComparison.Ordinal))
        {
            link = link["/memfd:".Length..];
            var memfd = Utf8.From(link.EndsWith(Deleted, StringComparison.Ordinal) ? link[..^Deleted.Length] : link);
            return cache.Named(FdKind.Memfd, memfd, memfd);
        }

        var path = Utf8.From(link.EndsWith(Deleted, StringComparison.Ordinal) ? link[..^Deleted.Length] : link);
        return cache.Named(isDirectory() ? FdKind.Directory : FdKind.File, path, path);
    }

    private static bool IsSocket(string link) => link.StartsWith("socket:", StringComparison.Ordinal);

    private static FdKind AnonymousKind(string name) => name switch
    {
        "[eventpoll]" => FdKind.EventPoll,
        "[eventfd]" => FdKind.Event,
        "[timerfd]" => FdKind.Timer,
        "[signalfd]" => FdKind.Signal,
        "[userfaultfd]" => FdKind.UserFault,
        "[io_uring]" => FdKind.IoUring,
        "[pidfd]" => FdKind.Pidfd,
        "inotify" => FdKind.Inotify,
        "bpf-map" or "bpf-prog" or "bpf_link" or "btf" => FdKind.Bpf,
        _ => FdKind.Other,
    };

    private FdInfo? Resolve(ProcessState process, long number)
    {
        Resolved++;
        if (source.ReadFdLink(process.Tgid, number) is not { } link)
        {
            process.Fds.SetUnresolvable(number);
            return null;
        }

        var info = IsSocket(link) && source.FindSocket(process.Tgid, link) is { } socket
            ? socket
            : FromLink(link, () => source.IsDirectory(process.Tgid, number));
        process.Fds.Set(number, info, closeOnExec: false);
        return info;
    }

    private bool Allowed(ulong ktimeNs)
    {
        var second = ktimeNs / SecondNs;
        if (second != _second)
        {
            _second = second;
            _inSecond = 0;
        }

        if (_inSecond >= MaxPerSecond)
        {
            Skipped++;
            return false;
        }

        _inSecond++;
        return true;
    }
}
