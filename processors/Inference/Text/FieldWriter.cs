using System.Buffers;

namespace Syscribe.Inference.Text;

/// <summary>
/// Writes <c>key=value</c> pairs of printable ASCII into a caller's buffer. A value of harmless characters stands as it is;
/// any other is quoted and its awkward bytes are <c>\xHH</c>, so a reader of the line gets back exactly the fields
/// written. A value longer than its bound keeps its start and its end: <c>"start"~"end"</c>.
/// </summary>
/// <remarks>The buffer must hold what the bounds add up to. Nothing is allocated.</remarks>
internal ref struct FieldWriter(Span<byte> destination)
{
    /// <summary>Bytes that a value can take beyond its bound: four quotes and the mark of the cut.</summary>
    public const int ValueOverhead = 5;

    /// <summary>Written for a missing value. The text <c>-</c> itself is quoted.</summary>
    private const byte Missing = (byte)'-';

    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Writes <c> key=</c>, without the blank at the start of the line.</summary>
    public void Key(scoped ReadOnlySpan<byte> key)
    {
        if (Length > 0)
        {
            Put((byte)' ');
        }

        Put(key);
        Put((byte)'=');
    }

    /// <summary>Writes one value whose rendering takes at most <paramref name="bound"/> bytes and <see cref="ValueOverhead"/>.</summary>
    public void Value(scoped ReadOnlySpan<byte> value, int bound)
    {
        if (IsPlain(value) && value.Length <= bound)
        {
            Put(value);
            return;
        }

        // Three quarters for the start: what a path or a command line is shows there, its object at the end.
        var (head, all) = Fitting(value, bound, bound * 3 / 4);
        Quoted(value[..(all ? value.Length : head)]);
        if (!all)
        {
            Put((byte)'~');
            Quoted(value[TailStart(value, head, bound - (bound * 3 / 4))..]);
        }
    }

    /// <summary>Writes that there is no value.</summary>
    public void None() => Put(Missing);

    /// <summary>Writes text of our own making, as it is.</summary>
    public void Put(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[Length..]);
        Length += text.Length;
    }

    private static bool IsPlain(ReadOnlySpan<byte> value) =>
        value.Length > 0 && !(value.Length == 1 && value[0] == Missing) && !value.ContainsAnyExcept(Characters.Plain);

    // How many bytes of the value render into `part` bytes, and whether all of it renders into `bound`.
    private static (int Head, bool All) Fitting(ReadOnlySpan<byte> value, int bound, int part)
    {
        var head = 0;
        var rendered = 0;
        for (var i = 0; i < value.Length; i++)
        {
            rendered += Width(value[i]);
            if (rendered <= part)
            {
                head = i + 1;
            }
            else if (rendered > bound)
            {
                return (head, false);
            }
        }

        return (head, true);
    }

    private static int TailStart(ReadOnlySpan<byte> value, int head, int part)
    {
        var start = value.Length;
        for (var rendered = 0; start > head; start--)
        {
            rendered += Width(value[start - 1]);
            if (rendered > part)
            {
                break;
            }
        }

        return start;
    }

    private static int Width(byte b) => Characters.Quotable.Contains(b) ? 1 : 4;

    private void Quoted(scoped ReadOnlySpan<byte> value)
    {
        Put((byte)'"');
        foreach (var b in value)
        {
            if (Characters.Quotable.Contains(b))
            {
                Put(b);
            }
            else
            {
                Put("\\x"u8);
                Put("0123456789abcdef"u8[b >> 4]);
                Put("0123456789abcdef"u8[b & 15]);
            }
        }

        Put((byte)'"');
    }

    private void Put(byte b) => _destination[Length++] = b;

    /// <summary>Which bytes stand for themselves.</summary>
    private static class Characters
    {
        /// <summary>Outside quotes.</summary>
        public static readonly SearchValues<byte> Plain = SearchValues.Create(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-:,+@%|"u8);

        /// <summary>
        /// Inside quotes: printable ASCII but the quote, the backslash, and the brackets that every special token of a
        /// LLaMA prompt is made of (<c>&lt;s&gt;</c>, <c>[INST]</c>, <c>&lt;|eot|&gt;</c>).
        /// </summary>
        public static readonly SearchValues<byte> Quotable = SearchValues.Create(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-:,+@%| !#$&'()*;=?^`{}~"u8);
    }
}
