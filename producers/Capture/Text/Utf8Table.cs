using System.IO.Hashing;
using Syscribe.Events;

namespace Syscribe.Capture.Text;

/// <summary>
/// A bounded cache from bytes to values, looked up by span without an allocation. When full it starts anew: what is in
/// use comes back at once, and nothing has to be kept per hit.
/// </summary>
internal sealed class Utf8Table<T>(int capacity)
{
    private readonly Dictionary<ulong, Entry> _entries = [];

    /// <summary>Entries now.</summary>
    public int Count => _entries.Count;

    public bool TryGet(ReadOnlySpan<byte> key, out T value)
    {
        if (_entries.TryGetValue(Hash(key), out var entry) && entry.Key.AsSpan().SequenceEqual(key))
        {
            value = entry.Value;
            return true;
        }

        value = default!; // The caller reads it only after true.
        return false;
    }

    /// <summary>Adds or replaces; of two keys with one hash the later stays.</summary>
    public void Set(ReadOnlySpan<byte> key, T value)
    {
        if (_entries.Count >= capacity)
        {
            _entries.Clear();
        }

        _entries[Hash(key)] = new Entry(key.ToArray(), value);
    }

    private static ulong Hash(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key);

    private readonly record struct Entry(byte[] Key, T Value);
}

/// <summary>One owned copy of each text, bounded.</summary>
internal sealed class Utf8Interner(int capacity)
{
    private readonly Utf8Table<Utf8> _texts = new(capacity);

    public Utf8 Intern(Utf8 text)
    {
        if (text.IsNull || text.Length == 0)
        {
            return text.IsNull ? default : Utf8.Empty;
        }

        if (!_texts.TryGet(text.Span, out var owned))
        {
            owned = text.ToOwned();
            _texts.Set(text.Span, owned);
        }

        return owned;
    }
}
