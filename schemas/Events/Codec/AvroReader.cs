using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Syscribe.Events;

/// <summary>
/// Reads Avro binary from a slice of an array, never outside it. Texts are slices of that array. Each method takes the
/// name of the field that it reads, for the message when the bytes are wrong.
/// </summary>
/// <remarks>Invariant: <c>_start &lt;= _at &lt;= _end &lt;= _array.Length</c>.</remarks>
internal ref struct AvroReader
{
    private readonly byte[] _array;
    private readonly int _start;
    private readonly int _end;
    private readonly int _origin;
    private int _at;

    /// <param name="array">Where texts are sliced from.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes that may be read.</param>
    /// <param name="origin">Offset of the first byte in the record, for messages.</param>
    public AvroReader(byte[] array, int offset, int length, int origin = 0)
    {
        ArgumentNullException.ThrowIfNull(array);
        if ((uint)offset > (uint)array.Length || (uint)length > (uint)(array.Length - offset))
            throw new ArgumentOutOfRangeException(nameof(length), $"slice {offset}+{length} of {array.Length} bytes");

        _array = array;
        _start = _at = offset;
        _end = offset + length;
        _origin = origin;
    }

    /// <summary>Next byte to read, as an index of the array.</summary>
    public readonly int Position => _at;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _end - _at;

    private readonly int Offset => _origin + _at - _start;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Long(string field)
    {
        var at = _at;
        if (at < _end)
        {
            uint first = _array[at];
            if (first < 0x80)
            {
                _at = at + 1;
                return (int)(first >> 1) ^ -(int)(first & 1);
            }
        }

        return LongSlow(field);
    }

    public int Int(string field)
    {
        var value = Long(field);
        if (value != (int)value)
            Corrupt(field, $"{value} does not fit an int");

        return (int)value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Utf8 Bytes(string field)
    {
        var length = Long(field);
        var at = _at;
        if ((ulong)length > (ulong)(_end - at))
            BadLength(field, length);

        _at = at + (int)length;
        return Utf8.Unchecked(_array, at, (int)length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Utf8 NullableBytes(string field) => Present(field) ? Bytes(field) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long? NullableLong(string field) => Present(field) ? Long(field) : null;

    public int? NullableInt(string field) => Present(field) ? Int(field) : null;

    public bool? NullableBool(string field) => Present(field) ? Bool(field) : null;

    public bool Bool(string field)
    {
        if (_at >= _end)
            Truncated(field, "a boolean", 1);

        var value = _array[_at];
        if (value > 1)
            Corrupt(field, $"boolean byte 0x{value:x2}; 0 or 1 is allowed");

        _at++;
        return value == 1;
    }

    /// <summary>The branch of a union of null and one type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Present(string field)
    {
        var branch = Long(field);
        if ((ulong)branch > 1)
            Corrupt(field, $"union branch {branch}; 0 (null) or 1 is allowed");

        return branch != 0;
    }

    public int Enum(string field, int symbols)
    {
        var ordinal = Long(field);
        if ((ulong)ordinal >= (ulong)symbols)
            Corrupt(field, $"enum ordinal {ordinal}; 0 to {symbols - 1} is allowed");

        return (int)ordinal;
    }

    /// <summary>
    /// Starts the next block of an array or map; false at its end. A negative count is followed by the block's size in
    /// bytes, which <see cref="EndBlock"/> checks.
    /// </summary>
    /// <param name="field">Name for messages.</param>
    /// <param name="minimumItemBytes">Least bytes that an item takes: bounds the count by what is there.</param>
    /// <param name="block">Items of this block.</param>
    public bool NextBlock(string field, int minimumItemBytes, out AvroBlock block)
    {
        var count = Long(field);
        if (count == 0)
        {
            block = default;
            return false;
        }

        var end = -1;
        if (count < 0)
        {
            var size = Long(field);
            if ((ulong)size > (ulong)Remaining)
                BadLength(field, size);

            end = _at + (int)size;
            count = unchecked(-count);
        }

        // long.MinValue negates to itself, and is caught as a giant here.
        if ((ulong)count > (ulong)(Remaining / minimumItemBytes))
            Truncated(field, $"a block of {(ulong)count} items", (ulong)minimumItemBytes * Math.Min((ulong)count, uint.MaxValue));

        block = new AvroBlock((int)count, end);
        return true;
    }

    public readonly void EndBlock(AvroBlock block, string field)
    {
        if (block.End >= 0 && block.End != _at)
            Corrupt(field, $"block ends {_at - block.End} bytes after the size that it states");
    }

    [DoesNotReturn]
    public readonly void Corrupt(string field, string detail) =>
        throw new AvroFormatException(AvroFault.Corrupt, field, Offset, detail);

    [DoesNotReturn]
    private readonly void Truncated(string field, string what, ulong needed) =>
        throw new AvroFormatException(AvroFault.Truncated, field, Offset, $"{what} needs {needed} bytes or more, {Remaining} are left");

    [DoesNotReturn]
    private readonly void BadLength(string field, long length)
    {
        if (length < 0)
            Corrupt(field, $"length {length}; 0 or more is allowed");

        throw new AvroFormatException(AvroFault.Truncated, field, Offset, $"length {length}, {Remaining} bytes are left");
    }

    private long LongSlow(string field)
    {
        ulong value = 0;
        var at = _at;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at >= _end)
                Truncated(field, "a number", (ulong)(at - _at + 1));

            uint next = _array[at++];
            if (shift == 63 && next > 1)
                Corrupt(field, "a number longer than 64 bits");

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                break;
        }

        _at = at;
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}

/// <summary>One block of an Avro array or map.</summary>
/// <param name="Count">Items, at least 1.</param>
/// <param name="End">Array index after the block, or -1 where the block does not state its size.</param>
internal readonly record struct AvroBlock(int Count, int End);
