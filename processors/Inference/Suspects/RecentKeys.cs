namespace Syscribe.Inference.Suspects;

/// <summary>
/// When each key was last taken. Two generations: when the young one is full it becomes the old one, and what was only in the
/// old one is forgotten. Not thread safe.
/// </summary>
/// <param name="capacity">Keys remembered at least; twice as many at most, 24 bytes each.</param>
internal sealed class RecentKeys(int capacity)
{
    private Dictionary<ulong, long> _young = [];
    private Dictionary<ulong, long> _old = [];

    /// <summary>Whether <paramref name="key"/> was taken less than <paramref name="withinNs"/> before <paramref name="nowNs"/>; keeps it from being forgotten.</summary>
    public bool Holds(ulong key, long nowNs, long withinNs)
    {
        if (!_young.TryGetValue(key, out var takenNs))
        {
            if (!_old.TryGetValue(key, out takenNs))
            {
                return false;
            }

            Set(key, takenNs);
        }

        // Events of several processors may be a little out of order.
        return nowNs - takenNs < withinNs;
    }

    /// <summary><paramref name="key"/> is taken now.</summary>
    public void Set(ulong key, long nowNs)
    {
        _young[key] = nowNs;
        if (_young.Count >= capacity)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
