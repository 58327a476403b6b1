using System.Runtime.CompilerServices;
using System.Text;
using Utf8Text = System.Text.Unicode.Utf8;

namespace Syscribe.Events;

/// <summary>Writes Avro binary into an array that it replaces by a larger one when full; the caller takes <see cref="Buffer"/> back.</summary>
internal ref struct AvroWriter(byte[] buffer, int offset)
{
    private const int LongestNumberBytes = 10;

    private byte[] _buffer = buffer;
    private int _at = offset;

    public readonly byte[] Buffer => _buffer;

    public readonly int Position => _at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Long(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        if (zigzag < 0x80 && _at < _buffer.Length)
            _buffer[_at++] = (byte)zigzag;
        else
            LongSlow(zigzag);
    }

    /// <summary>Valid UTF-8 as it is; of invalid bytes each maximal part becomes U+FFFD, for Avro's strings are valid. Null is empty.</summary>
    public void String(Utf8 text)
    {
        var bytes = text.Span;
        if (!Utf8Text.IsValid(bytes))
        {
            Replaced(bytes);
            return;
        }

        Bytes(bytes);
    }

    public void String(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Long(length);
        Reserve(length);
        _at += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_at));
    }

    public void NullableString(Utf8 text)
    {
        if (Present(!text.IsNull))
            String(text);
    }

    public void NullableBytes(Utf8 bytes)
    {
        if (Present(!bytes.IsNull))
            Bytes(bytes.Span);
    }

    public void NullableLong(long? value)
    {
        if (Present(value.HasValue))
            Long(value.GetValueOrDefault());
    }

    public void NullableBool(bool? value)
    {
        if (Present(value.HasValue))
            Bool(value.GetValueOrDefault());
    }

    // A boolean is one byte 0 or 1; a number 0 or 1 is the byte 0 or 2.
    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Writes the branch of a union of null and one type, and gives it back.</summary>
    public bool Present(bool value)
    {
        Byte(value ? (byte)2 : (byte)0);
        return value;
    }

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        Long(bytes.Length);
        Raw(bytes);
    }

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_at));
        _at += bytes.Length;
    }

    public void Strings(IReadOnlyList<Utf8> texts)
    {
        if (StartItems(texts.Count))
        {
            for (var i = 0; i < texts.Count; i++)
                String(texts[i]);

            EndItems();
        }
    }

    /// <summary>Starts an array or map; false, and it is complete, where it has no items.</summary>
    public bool StartItems(int count)
    {
        Long(count);
        return count != 0;
    }

    public void EndItems() => Byte(0);

    private void Byte(byte value)
    {
        Reserve(1);
        _buffer[_at++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (_buffer.Length - _at < count)
            Grow(count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        var needed = checked(_at + count);
        var size = (int)Math.Min(Array.MaxLength, Math.Max(Math.Max(256, needed), 2L * _buffer.Length));
        Array.Resize(ref _buffer, size);
    }

    private void LongSlow(ulong zigzag)
    {
        Reserve(LongestNumberBytes);
        while (zigzag >= 0x80)
        {
            _buffer[_at++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        _buffer[_at++] = (byte)zigzag;
    }

    private void Replaced(scoped ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        for (var rest = bytes; !rest.IsEmpty;)
        {
            Rune.DecodeFromUtf8(rest, out var rune, out var consumed);
            length += rune.Utf8SequenceLength;
            rest = rest[consumed..];
        }

        Long(length);
        Reserve(length);
        for (var rest = bytes; !rest.IsEmpty;)
        {
            Rune.DecodeFromUtf8(rest, out var rune, out var consumed);
            _at += rune.EncodeToUtf8(_buffer.AsSpan(_at));
            rest = rest[consumed..];
        }
    }
}
