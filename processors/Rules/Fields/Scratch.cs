using System.Buffers.Text;
using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>
/// Memory for texts that live as long as one event. Grows by a new array, so that slices handed out stay valid, and keeps
/// the larger one: a steady stream of events allocates nothing.
/// </summary>
internal sealed class Scratch
{
    private byte[] _bytes = new byte[1024];
    private int _start;
    private int _used;

    /// <summary>Forgets every text.</summary>
    public void Clear() => _start = _used = 0;

    /// <summary>Begins a text; what is appended from now on belongs to it.</summary>
    public void Begin() => _start = _used;

    /// <summary>Ends the text begun.</summary>
    public Utf8 End() => new(_bytes, _start, _used - _start);

    /// <summary>Length of the text begun, in bytes.</summary>
    public int Length => _used - _start;

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        _used++;
    }

    public void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        _used += text.Length;
    }

    public void Append(long number)
    {
        Utf8Formatter.TryFormat(number, Reserve(20), out var written);
        _used += written;
    }

    /// <summary>Room for <paramref name="count"/> bytes; <see cref="Commit"/> says how many were written.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _used < count)
        {
            var length = _used - _start;
            var larger = new byte[Math.Max(_bytes.Length * 2, length + count)];
            _bytes.AsSpan(_start, length).CopyTo(larger);
            _bytes = larger;
            _start = 0;
            _used = length;
        }

        return _bytes.AsSpan(_used);
    }

    public void Commit(int count) => _used += count;

    public Utf8 Format(long number)
    {
        Begin();
        Append(number);
        return End();
    }
}
