using System.Buffers.Binary;
using System.Numerics;
using Syscribe.Events;

namespace Syscribe.Rules.Evaluation.Matching;

/// <summary>
/// An immutable set of byte strings. The hash reads the length and at most 16 bytes: the set is made of a rule's literals,
/// so nobody who is watched can make it degrade.
/// </summary>
internal sealed class Utf8Set
{
    private readonly Utf8[] _items;
    private readonly int[] _buckets;
    private readonly ulong _lengths;
    private readonly int _mask;

    public Utf8Set(IEnumerable<Utf8> items)
    {
        _items = [.. items.Distinct()];
        _mask = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, _items.Length * 2)) - 1;
        _buckets = new int[_mask + 1];
        for (var i = 0; i < _items.Length; i++)
        {
            var at = Hash(_items[i].Span) & _mask;
            while (_buckets[at] != 0)
            {
                at = (at + 1) & _mask;
            }

            _buckets[at] = i + 1;
            _lengths |= LengthBit(_items[i].Length);
        }
    }

    public int Count => _items.Length;

    public bool Contains(ReadOnlySpan<byte> text) => IndexOf(text) >= 0;

    public int IndexOf(ReadOnlySpan<byte> text)
    {
        if ((_lengths & LengthBit(text.Length)) == 0)
        {
            return -1;
        }

        for (var at = Hash(text) & _mask; _buckets[at] is var item and not 0; at = (at + 1) & _mask)
        {
            if (_items[item - 1].Span.SequenceEqual(text))
            {
                return item - 1;
            }
        }

        return -1;
    }

    private static ulong LengthBit(int length) => 1UL << Math.Min(length, 63);

    private static int Hash(ReadOnlySpan<byte> text)
    {
        ulong head = 0, tail = 0;
        if (text.Length >= 8)
        {
            head = BinaryPrimitives.ReadUInt64LittleEndian(text);
            tail = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
        }
        else
        {
            foreach (var b in text)
            {
                head = (head << 8) | b;
            }
        }

        var mixed = (head ^ BitOperations.RotateLeft(tail, 29) ^ ((ulong)text.Length << 56)) * 0x9E3779B97F4A7C15UL;
        return (int)(mixed >> 40);
    }
}
