using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Avro.IO;

namespace Syscribe.Events;

/// <summary>
/// Apache.Avro's decoder interface over a slice, with <see cref="AvroReader"/>'s checks: Apache's own allocates whatever
/// length the bytes state, and overruns the stack on types nested without end.
/// </summary>
internal sealed class BoundedDecoder : Decoder
{
    private const string Field = "of the writer's schema";

    private readonly byte[] _array;
    private readonly int _start;
    private readonly int _end;
    private int _at;

    public BoundedDecoder(byte[] array, int offset, int length)
    {
        _array = array;
        _start = _at = offset;
        _end = offset + length;
    }

    /// <summary>Bytes read so far.</summary>
    public int Consumed => _at - _start;

    public void ReadNull()
    {
    }

    public bool ReadBoolean()
    {
        var reader = Reader();
        var value = reader.Bool(Field);
        _at = reader.Position;
        return value;
    }

    public int ReadInt()
    {
        var reader = Reader();
        var value = reader.Int(Field);
        _at = reader.Position;
        return value;
    }

    public long ReadLong()
    {
        var reader = Reader();
        var value = reader.Long(Field);
        _at = reader.Position;
        return value;
    }

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Fixed(sizeof(float)));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Fixed(sizeof(double)));

    public byte[] ReadBytes() => Text().Span.ToArray();

    public string ReadString() => Text().ToString();

    public int ReadEnum() => ReadInt();

    public int ReadUnionIndex() => ReadInt();

    public long ReadArrayStart() => Block();

    public long ReadArrayNext() => Block();

    public long ReadMapStart() => Block();

    public long ReadMapNext() => Block();

    public void ReadFixed(byte[] buffer) => ReadFixed(buffer, 0, buffer.Length);

    public void ReadFixed(byte[] buffer, int start, int count) => Fixed(count).CopyTo(buffer.AsSpan(start));

    public void SkipNull()
    {
    }

    public void SkipBoolean() => ReadBoolean();

    public void SkipInt() => ReadInt();

    public void SkipLong() => ReadLong();

    public void SkipFloat() => ReadFloat();

    public void SkipDouble() => ReadDouble();

    public void SkipBytes() => Text();

    public void SkipString() => Text();

    public void SkipEnum() => ReadInt();

    public void SkipUnionIndex() => ReadInt();

    public void SkipFixed(int len) => Fixed(len);

    // Each nested type reads at least one thing, so the stack is looked at often enough.
    private AvroReader Reader()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return new AvroReader(_array, _at, _end - _at, Consumed);
    }

    private Utf8 Text()
    {
        var reader = Reader();
        var text = reader.Bytes(Field);
        _at = reader.Position;
        return text;
    }

    private long Block()
    {
        var reader = Reader();
        var more = reader.NextBlock(Field, 1, out var block);
        _at = reader.Position;
        return more ? block.Count : 0;
    }

    private ReadOnlySpan<byte> Fixed(int count)
    {
        if (count < 0 || _end - _at < count)
            throw new AvroFormatException(AvroFault.Truncated, Field, Consumed, $"{count} bytes are needed, {_end - _at} are left");

        _at += count;
        return _array.AsSpan(_at - count, count);
    }
}
