using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary><c>fs.path.*</c>: which parameter of a call is the path. Only opens have one when they fail.</summary>
internal static class PathCalls
{
    public static Utf8 Name(SyscallFields s, bool raw)
    {
        var type = s.Event.Type.Span;
        if (type.SequenceEqual("open"u8) || type.SequenceEqual("openat"u8) || type.SequenceEqual("openat2"u8))
        {
            return Path(s, "name"u8, raw);
        }

        if (s.Event.Return is not >= 0)
        {
            return default;
        }

        if (type.SequenceEqual("fchmod"u8) || type.SequenceEqual("fchown"u8))
        {
            return raw ? s.Event.Fd.NameRaw : s.Event.Fd.Name;
        }

        return type.StartsWith("unlink"u8) || type.StartsWith("mkdir"u8) || type.SequenceEqual("rmdir"u8) ? FirstPath(s, raw)
            : type.StartsWith("chmod"u8) || type.StartsWith("fchmodat"u8) || type.StartsWith("chown"u8)
                || type.StartsWith("lchown"u8) || type.StartsWith("fchownat"u8) ? FirstPath(s, raw)
            : type.SequenceEqual("umount2"u8) || type.SequenceEqual("umount"u8) ? FirstPath(s, raw)
            : default;
    }

    public static Utf8 Source(SyscallFields s, bool raw) =>
        s.Event.Return is not >= 0 ? default
        : IsRename(s) || IsLink(s) ? Path(s, "oldpath"u8, raw)
        : IsSymlink(s) ? Path(s, "linkpath"u8, raw)
        : default;

    public static Utf8 Target(SyscallFields s, bool raw) =>
        s.Event.Return is not >= 0 ? default
        : IsRename(s) || IsLink(s) ? Path(s, "newpath"u8, raw)
        : IsSymlink(s) ? Path(s, "target"u8, raw)
        : default;

    private static bool IsRename(SyscallFields s) => s.Event.Type.Span.StartsWith("rename"u8);

    private static bool IsLink(SyscallFields s) => s.Event.Type.Span is var type && (type.SequenceEqual("link"u8) || type.SequenceEqual("linkat"u8));

    private static bool IsSymlink(SyscallFields s) => s.Event.Type.Span.StartsWith("symlink"u8);

    private static Utf8 FirstPath(SyscallFields s, bool raw)
    {
        var path = Path(s, "path"u8, raw);
        path = path.IsNull ? Path(s, "filename"u8, raw) : path;
        return path.IsNull ? Path(s, "name"u8, raw) : path;
    }

    private static Utf8 Path(SyscallFields s, ReadOnlySpan<byte> name, bool raw) =>
        !s.TryGetParam(name, out var param) ? default : raw ? s.PrintRaw(param) : s.Print(param);
}
