using Syscribe.Events;

namespace Syscribe.Containers;

/// <summary>What is known of a container.</summary>
internal enum Knowledge
{
    /// <summary>Nothing, and nothing is to be waited for.</summary>
    None,

    /// <summary>Nothing yet: a runtime is being asked for the first time.</summary>
    Asked,

    /// <summary>Its metadata.</summary>
    Known,
}

/// <summary>
/// Metadata of containers by short id, bounded and expiring. Thread safe; nothing in it waits for anything but a short lock.
/// </summary>
/// <remarks>
/// A container that no runtime knows is asked for again after <see cref="RetryAfter"/>. One that is gone is kept
/// <see cref="KeepGone"/> for late events, one that is unused <see cref="KeepUnused"/>.
/// </remarks>
internal sealed class ContainerCache(int capacity, TimeProvider time)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan KeepGone = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan KeepUnused = TimeSpan.FromMinutes(10);

    private const int ShortId = 12;

    private readonly Lock _lock = new();
    private readonly Dictionary<Utf8, Entry> _entries = [];
    private long _version;

    /// <summary>Moves whenever the metadata of a container has come or changed.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Containers whose metadata is held.</summary>
    public int Known
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Count(static entry => entry.Info is not null);
            }
        }
    }

    /// <summary>All that is held, containers that no runtime knows included; at most the capacity.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The form in which ids are kept and asked for: the first 12 digits, owned.</summary>
    public static Utf8 Key(string id) => Utf8.From(id.Length > ShortId ? id[..ShortId] : id);

    /// <summary>Looks a container up.</summary>
    /// <param name="id">Short id.</param>
    /// <param name="info">Its metadata; null unless known.</param>
    /// <param name="ask">Whether the caller must have the runtimes asked now.</param>
    public Knowledge Find(Utf8 id, out ContainerInfo? info, out bool ask)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            ask = false;
            if (!_entries.TryGetValue(id, out var entry))
            {
                entry = Add(id.ToOwned());
                entry.State = Knowledge.Asked;
                ask = true;
            }
            else if (entry.State == Knowledge.None && time.GetElapsedTime(entry.AnsweredAt, now) >= RetryAfter)
            {
                // Asked anew, but nothing waits for it a second time.
                entry.AnsweredAt = now;
                ask = true;
            }

            entry.UsedAt = now;
            info = entry.Info;
            return entry.State;
        }
    }

    /// <summary>What is known, with nobody to ask.</summary>
    public Knowledge Peek(Utf8 id, out ContainerInfo? info)
    {
        lock (_lock)
        {
            info = _entries.GetValueOrDefault(id)?.Info;
            return info is null ? Knowledge.None : Knowledge.Known;
        }
    }

    /// <summary>Whether the container needs no question: its metadata is known and has its start.</summary>
    public bool IsComplete(Utf8 id)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(id, out var entry) && entry is { Info.StartTimeNs: > 0, IsGone: false };
        }
    }

    /// <summary>A runtime has answered.</summary>
    public void Set(Utf8 id, ContainerInfo info, object runtime)
    {
        lock (_lock)
        {
            var entry = _entries.GetValueOrDefault(id) ?? Add(id);
            (entry.State, entry.Info, entry.Runtime, entry.IsGone) = (Knowledge.Known, info, runtime, false);
            entry.AnsweredAt = time.GetTimestamp();
            Volatile.Write(ref _version, _version + 1);
        }
    }

    /// <summary>No runtime knows it, or none answered in time. What was known before stays.</summary>
    public void SetNone(Utf8 id)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(id, out var entry) && entry.State != Knowledge.Known)
            {
                entry.State = Knowledge.None;
                entry.AnsweredAt = time.GetTimestamp();
            }
        }
    }

    /// <summary>It has been removed.</summary>
    public void Gone(Utf8 id)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(id, out var entry))
            {
                Gone(entry);
            }
        }
    }

    /// <summary>All that a runtime has; what it had and is not among them is gone.</summary>
    public void Keep(IReadOnlySet<Utf8> ids, object runtime)
    {
        lock (_lock)
        {
            foreach (var (id, entry) in _entries)
            {
                if (ReferenceEquals(entry.Runtime, runtime) && !ids.Contains(id))
                {
                    Gone(entry);
                }
            }
        }
    }

    /// <summary>Forgets what has been gone or unused for long enough.</summary>
    public void Expire()
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            foreach (var (id, entry) in _entries)
            {
                if (time.GetElapsedTime(entry.UsedAt, now) >= KeepUnused
                    || (entry.IsGone && time.GetElapsedTime(entry.GoneAt, now) >= KeepGone))
                {
                    _entries.Remove(id);
                }
            }
        }
    }

    private void Gone(Entry entry)
    {
        if (!entry.IsGone)
        {
            (entry.IsGone, entry.GoneAt) = (true, time.GetTimestamp());
        }
    }

    private Entry Add(Utf8 id)
    {
        if (_entries.Count >= capacity)
        {
            _entries.Remove(_entries.MinBy(static pair => pair.Value.UsedAt).Key);
        }

        return _entries[id] = new Entry { UsedAt = time.GetTimestamp() };
    }

    private sealed class Entry
    {
        public Knowledge State { get; set; }

        public ContainerInfo? Info { get; set; }

        public object? Runtime { get; set; }

        public long AnsweredAt { get; set; }

        public long UsedAt { get; set; }

        public bool IsGone { get; set; }

        public long GoneAt { get; set; }
    }
}
