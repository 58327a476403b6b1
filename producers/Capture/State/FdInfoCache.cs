using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>One object for each file that is open or was: opening a path again allocates nothing.</summary>
internal sealed class FdInfoCache(Arena arena)
{
    /// <summary>About 300 bytes each.</summary>
    private const int Capacity = 16_384;

    private readonly Utf8Table<FdInfo> _files = new(Capacity);
    private readonly FdInfo[] _nameless =
        [.. Enum.GetValues<FdKind>().Select(kind => new FdInfo(kind, Utf8.Empty, Utf8.Empty))];

    /// <summary>A descriptor without a name: an eventfd, a pipe.</summary>
    public FdInfo Nameless(FdKind kind) => _nameless[(int)kind];

    /// <summary>A named one; the texts are copied if need be.</summary>
    public FdInfo Named(FdKind kind, Utf8 name, Utf8 nameRaw)
    {
        arena.Append((byte)('A' + (int)kind)).Append(nameRaw).Append((byte)0).Append(name);
        if (!_files.TryGet(arena.Pending, out var info))
        {
            var owned = name.ToOwned();
            info = new FdInfo(kind, owned, name == nameRaw ? owned : nameRaw.ToOwned());
            _files.Set(arena.Pending, info);
        }

        arena.Truncate(0);
        return info;
    }
}
