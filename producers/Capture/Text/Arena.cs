using System.Buffers.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Text;

/// <summary>
/// Memory for texts that live until the next event: append pieces, then <see cref="Take"/> the slice.
/// </summary>
/// <remarks>
/// When full it goes on in a new, larger array, so slices taken before stay valid. Slices are valid until
/// <see cref="Reset"/>. Invariant: <c>0 &lt;= _start &lt;= _at &lt;= _bytes.Length</c>; [_start, _at) is the text being made.
/// </remarks>
internal sealed class Arena
{
    private const int InitialBytes = 64 * 1024;

    private byte[] _bytes = new byte[InitialBytes];
    private int _start;
    private int _at;

    /// <summary>The text being made.</summary>
    public ReadOnlySpan<byte> Pending => _bytes.AsSpan(_start, _at - _start);

    /// <summary>Forgets every text.</summary>
    public void Reset() => _start = _at = 0;

    public Arena Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _at += text.Length;
        return this;
    }

    public Arena Append(Utf8 text) => Append(text.Span);

    public Arena Append(byte letter)
    {
        Room(1)[0] = letter;
        _at++;
        return this;
    }

    public Arena AppendDecimal(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        _at += written;
        return this;
    }

    /// <summary>Cuts the text being made back to <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => _at = _start + length;

    /// <summary>Ends the text being made.</summary>
    public Utf8 Take()
    {
        var text = new Utf8(_bytes, _start, _at - _start);
        _start = _at;
        return text;
    }

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - _at < length)
        {
            var pending = _at - _start;
            var larger = new byte[Math.Max(_bytes.Length * 2, pending + length)];
            Pending.CopyTo(larger);
            _bytes = larger;
            _start = 0;
            _at = pending;
        }

        return _bytes.AsSpan(_at);
    }
}
