namespace Syscribe.Inference.Text;

/// <summary>
/// Joins parts in a fixed buffer. Longer than any field's bound, so that what a field keeps of the start is all there; of
/// a text that does not fit, the last bytes are kept in place of those before them.
/// </summary>
internal ref struct Joiner(Span<byte> buffer)
{
    /// <summary>Bytes of the buffer.</summary>
    public const int Capacity = 1024;

    // The first half is written once; the second half slides when the text is longer.
    private const int Start = Capacity / 2;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What was joined.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Adds <paramref name="part"/>, after <paramref name="separator"/> unless it is the first.</summary>
    public void Add(scoped ReadOnlySpan<byte> part, byte separator)
    {
        if (_length > 0)
        {
            Append([separator]);
        }

        Append(part);
    }

    /// <summary>Adds <paramref name="part"/> where <paramref name="wanted"/>.</summary>
    public void AddIf(bool wanted, scoped ReadOnlySpan<byte> part, byte separator)
    {
        if (wanted)
        {
            Add(part, separator);
        }
    }

    private void Append(scoped ReadOnlySpan<byte> text)
    {
        // Fills what is free, or the first half, then slides the second half for the end of the text.
        var free = _buffer.Length - _length;
        var first = text.Length <= free ? text.Length : Math.Max(0, Start - _length);
        text[..first].CopyTo(_buffer[_length..]);
        _length += first;
        if (first == text.Length)
        {
            return;
        }

        var rest = text[Math.Max(first, text.Length - (_buffer.Length - Start))..];
        var drop = Math.Max(0, _length + rest.Length - _buffer.Length);
        _buffer[(Start + drop).._length].CopyTo(_buffer[Start..]);
        _length -= drop;
        rest.CopyTo(_buffer[_length..]);
        _length += rest.Length;
    }
}
