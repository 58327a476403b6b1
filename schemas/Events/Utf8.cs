using System.Text;

namespace Syscribe.Events;

/// <summary>
/// UTF-8 text as a slice of a byte array that somebody else owns: no copy, no allocation. What a process chose may be
/// invalid UTF-8; the bytes are kept as they are. The default value is null, which is not the empty text: in Falco's
/// terms a missing field, for which every comparison is false.
/// </summary>
/// <remarks>Valid as long as the owner of the array leaves those bytes alone; <see cref="ToOwned"/> makes a copy.</remarks>
public readonly struct Utf8 : IEquatable<Utf8>
{
    private readonly byte[]? _array;
    private readonly int _offset;
    private readonly int _length;

    /// <summary>A slice of <paramref name="array"/>; the array is not copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The slice does not lie in the array.</exception>
    public Utf8(byte[] array, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(array);
        if ((uint)offset > (uint)array.Length || (uint)length > (uint)(array.Length - offset))
        {
            throw new ArgumentOutOfRangeException(nameof(length), $"slice {offset}+{length} of {array.Length} bytes");
        }

        _array = array;
        _offset = offset;
        _length = length;
    }

    // Second constructor so that the codec, which has checked the slice, does not check it again.
    private Utf8(byte[] array, int offset, int length, bool _)
    {
        _array = array;
        _offset = offset;
        _length = length;
    }

    /// <summary>The empty text, which is not null.</summary>
    public static Utf8 Empty { get; } = new([], 0, 0);

    /// <summary>Whether there is no text at all.</summary>
    public bool IsNull => _array is null;

    /// <summary>Length in bytes; 0 for null.</summary>
    public int Length => _length;

    /// <summary>The bytes; empty for null.</summary>
    public ReadOnlySpan<byte> Span => new(_array, _offset, _length);

    /// <summary>The bytes as memory; empty for null.</summary>
    public ReadOnlyMemory<byte> Memory => new(_array, _offset, _length);

    /// <summary>Encodes <paramref name="text"/> into a new array; null stays null.</summary>
    public static Utf8 From(string? text)
    {
        if (text is null)
        {
            return default;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return new Utf8(bytes, 0, bytes.Length);
    }

    /// <summary>Copies <paramref name="bytes"/> into a new array.</summary>
    public static Utf8 Copy(ReadOnlySpan<byte> bytes)
    {
        var array = bytes.ToArray();
        return new Utf8(array, 0, array.Length);
    }

    /// <summary>A slice that the caller knows to lie in <paramref name="array"/>.</summary>
    internal static Utf8 Unchecked(byte[] array, int offset, int length) => new(array, offset, length, false);

    /// <summary>A part of this text, without a copy.</summary>
    public Utf8 Slice(int start, int length)
    {
        if ((uint)start > (uint)_length || (uint)length > (uint)(_length - start))
        {
            throw new ArgumentOutOfRangeException(nameof(length), $"slice {start}+{length} of {_length} bytes");
        }

        return new Utf8(_array ?? [], _offset + start, length);
    }

    /// <summary>A copy in an array of its own; null stays null.</summary>
    public Utf8 ToOwned() => IsNull ? default : Copy(Span);

    /// <summary>Whether the bytes are equal; null equals null only.</summary>
    public bool Equals(Utf8 other) => IsNull == other.IsNull && Span.SequenceEqual(other.Span);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Utf8 other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The text, invalid UTF-8 as U+FFFD; empty for null.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    public static bool operator ==(Utf8 left, Utf8 right) => left.Equals(right);

    public static bool operator !=(Utf8 left, Utf8 right) => !left.Equals(right);
}
