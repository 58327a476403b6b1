namespace Syscribe.Inference.Verdicts;

/// <summary>
/// Shortens a normalised path where the file behind it is one of many alike: outside the trees in which single files
/// matter, the first components (up to one below a hidden directory) and the extension stay.
/// <code>
/// /etc/ssh/ssh_config                     as it is: a tree in which single files matter
/// /usr/share/man/man#/ls.#.gz             /usr/share/man/**.gz
/// /home/ann/.ssh/authorized_keys          as it is: right below a hidden directory
/// /home/ann/x/.git/objects/ab/cd          /home/ann/x/.git/objects/**
/// /usr/bin/ls                             as it is
/// </code>
/// </summary>
internal static class PathScope
{
    /// <summary>Components kept of a path that the call names, and of one that a descriptor stands for.</summary>
    public const int Named = 3, Held = 1;

    // Configuration, the kernel's own trees, devices, run-time state, logs, jobs.
    private static readonly byte[][] Watched =
    [
        [.. "/etc/"u8], [.. "/proc/"u8], [.. "/sys/"u8], [.. "/dev/"u8], [.. "/run/"u8], [.. "/boot/"u8],
        [.. "/var/run/"u8], [.. "/var/log/"u8], [.. "/var/spool/"u8],
    ];

    /// <summary>Shortens the first <paramref name="length"/> bytes of <paramref name="path"/> in place and returns what is left.</summary>
    /// <param name="path">A buffer of <see cref="PathNormalizer.MaxBytes"/> that begins with a path of <see cref="PathNormalizer"/>.</param>
    /// <param name="length">Bytes of that path.</param>
    /// <param name="components">Components that stay.</param>
    public static ReadOnlySpan<byte> Shorten(Span<byte> path, int length, int components)
    {
        var whole = path[..length];
        var cut = CutOf(whole, components);
        if (cut < 0 || IsWatched(whole))
        {
            return whole;
        }

        // The tail moves up behind the mark; there is room, since a cut leaves out more than the mark's three bytes or is not made.
        var tail = Extension(whole[cut..]);
        if (cut + Mark.Length + tail.Length > length)
        {
            return whole;
        }

        tail.CopyTo(path[(cut + Mark.Length)..]);
        Mark.CopyTo(path[cut..]);
        return path[..(cut + Mark.Length + tail.Length)];
    }

    private static ReadOnlySpan<byte> Mark => "/**"u8;

    private static bool IsWatched(ReadOnlySpan<byte> path)
    {
        foreach (var tree in Watched)
        {
            if (path.StartsWith(tree))
            {
                return true;
            }
        }

        return false;
    }

    // Where the component behind the last one kept begins; -1 where there is none.
    private static int CutOf(ReadOnlySpan<byte> path, int components)
    {
        var at = path.StartsWith("/"u8) ? 1 : 0;
        var hidden = path.IndexOf("/."u8);
        for (var left = Math.Max(components, hidden < 0 ? 0 : path[at..(hidden + 1)].Count((byte)'/') + 2); left > 0; left--)
        {
            var slash = path[at..].IndexOf((byte)'/');
            if (slash < 0)
            {
                return -1;
            }

            at += slash + 1;
        }

        return at - 1;
    }

    /// <summary>The extension of a name, with its dot; empty where it has none, or one too long to be one.</summary>
    public static ReadOnlySpan<byte> Extension(ReadOnlySpan<byte> rest)
    {
        var dot = rest.LastIndexOf((byte)'.');
        return dot > rest.LastIndexOf((byte)'/') && rest.Length - dot <= LongestExtension ? rest[dot..] : default;
    }

    private const int LongestExtension = 8;
}
