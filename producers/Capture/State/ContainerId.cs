using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// The container id in a cgroup path, in the shapes that runtimes give it: a path component of 64 hexadecimal digits,
/// alone (<c>/docker/ID</c>, <c>/kubepods/.../ID</c>) or behind a runtime's prefix in a scope
/// (<c>docker-ID.scope</c>, <c>cri-containerd-ID.scope</c>, <c>crio-ID.scope</c>, <c>libpod-ID.scope</c>), or behind a
/// colon (<c>system.slice:cri-containerd:ID</c>). Fewer digits are no container: they are other programs' names.
/// </summary>
internal static class ContainerId
{
    /// <summary>Outside containers.</summary>
    public static readonly Utf8 Host = Utf8.From("host");

    private const int FullDigits = 64;
    private const int ShownDigits = 12;

    /// <summary>The first 12 digits, owned; <see cref="Host"/> where the path names no container.</summary>
    public static Utf8 Find(ReadOnlySpan<byte> cgroup)
    {
        while (!cgroup.IsEmpty)
        {
            var slash = cgroup.LastIndexOf((byte)'/');
            var component = cgroup[(slash + 1)..];
            if (TryComponent(component, out var id))
            {
                return Utf8.Copy(id);
            }

            cgroup = slash < 0 ? [] : cgroup[..slash];
        }

        return Host;
    }

    private static bool TryComponent(ReadOnlySpan<byte> component, out ReadOnlySpan<byte> id)
    {
        if (component.EndsWith(".scope"u8))
        {
            component = component[..^".scope".Length];
        }

        id = default;
        if (component.Length < FullDigits || component[^FullDigits..].IndexOfAnyExcept(HexDigits) >= 0)
        {
            return false;
        }

        var prefix = component[..^FullDigits];
        if (prefix.EndsWith("conmon-"u8))
        {
            // The container's monitor, which runs on the host.
            return false;
        }

        id = component[^FullDigits..][..ShownDigits];
        return prefix.IsEmpty || prefix[^1] is (byte)'-' or (byte)':';
    }

    private static readonly System.Buffers.SearchValues<byte> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef"u8);
}
