using System.IO.Hashing;

namespace Syscribe.Events;

/// <summary>
/// Processes by the bytes that they were decoded from: events of an unchanged process carry equal bytes. Bounded twice:
/// a fixed number of slots, two for a hash, the older of which is overwritten, and a sum of bytes, at which all is dropped.
/// </summary>
internal sealed class ProcessCache(int slots, long capacityBytes)
{
    private readonly Entry[] _entries = new Entry[slots];
    private readonly uint _mask = (uint)slots / 2 - 1;
    private long _bytes;

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    /// <summary>Bytes of the blocks held; what is decoded of them takes about as much again.</summary>
    public long HeldBytes => _bytes;

    public ProcessInfo? Find(ReadOnlySpan<byte> block, out ulong hash)
    {
        hash = XxHash3.HashToUInt64(block);
        var first = 2 * ((uint)hash & _mask);
        if (_entries[first].Holds(hash, block))
        {
            Hits++;
            return _entries[first].Process;
        }

        if (_entries[first + 1].Holds(hash, block))
        {
            Hits++;
            // The one used last goes first, so that the other is overwritten.
            (_entries[first], _entries[first + 1]) = (_entries[first + 1], _entries[first]);
            return _entries[first].Process;
        }

        Misses++;
        return null;
    }

    public void Add(byte[] block, ulong hash, ProcessInfo process)
    {
        if (block.Length > capacityBytes)
            return;

        if (_bytes + block.Length > capacityBytes)
        {
            Array.Clear(_entries);
            _bytes = 0;
        }

        var first = 2 * ((uint)hash & _mask);
        _bytes += block.Length - (_entries[first + 1].Block?.Length ?? 0);
        _entries[first + 1] = _entries[first];
        _entries[first] = new Entry(hash, block, process);
    }

    private readonly record struct Entry(ulong Hash, byte[]? Block, ProcessInfo? Process)
    {
        public bool Holds(ulong hash, ReadOnlySpan<byte> block) =>
            Hash == hash && Block is not null && block.SequenceEqual(Block);
    }
}
