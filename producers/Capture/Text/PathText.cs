using Syscribe.Events;

namespace Syscribe.Capture.Text;

/// <summary>Path arithmetic on bytes, as Falco does it: no look at the file system, links are not followed.</summary>
internal static class PathText
{
    /// <summary>
    /// The absolute, normalised form of <paramref name="path"/>: joined to <paramref name="directory"/> if relative;
    /// <c>.</c>, <c>..</c> and repeated slashes collapsed; no trailing slash except for the root.
    /// </summary>
    public static Utf8 Join(Arena arena, Utf8 directory, Utf8 path)
    {
        if (path.Length == 0 || path.Span[0] != '/')
        {
            Normalise(arena, directory.Span);
        }

        Normalise(arena, path.Span);
        if (arena.Pending.IsEmpty)
        {
            arena.Append((byte)'/');
        }

        return arena.Take();
    }

    /// <summary>The path as passed, repeated slashes collapsed.</summary>
    public static Utf8 CollapseSlashes(Arena arena, Utf8 path)
    {
        var bytes = path.Span;
        if (bytes.IndexOf("//"u8) < 0)
        {
            return path;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '/' || i + 1 == bytes.Length || bytes[i + 1] != '/')
            {
                arena.Append(bytes[i]);
            }
        }

        return arena.Take();
    }

    /// <summary>Whether the path starts at the root.</summary>
    public static bool IsAbsolute(Utf8 path) => path.Length > 0 && path.Span[0] == '/';

    /// <summary>The directory with exactly one trailing slash.</summary>
    public static Utf8 WithTrailingSlash(Arena arena, Utf8 directory) =>
        directory.Length > 0 && directory.Span[^1] == '/' ? directory : arena.Append(directory).Append((byte)'/').Take();

    private static void Normalise(Arena arena, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var slash = rest.IndexOf((byte)'/');
            var part = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? [] : rest[(slash + 1)..];
            if (part.IsEmpty || part.SequenceEqual("."u8))
            {
                continue;
            }

            if (part.SequenceEqual(".."u8))
            {
                arena.Truncate(Math.Max(0, arena.Pending.LastIndexOf((byte)'/')));
                continue;
            }

            arena.Append((byte)'/').Append(part);
        }
    }
}
