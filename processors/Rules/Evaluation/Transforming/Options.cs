using Syscribe.Events;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Evaluation.Transforming;

/// <summary>
/// <c>getopt(arguments, "nt:")</c>: reads short options as <c>getopt(3)</c> does, from arguments joined by blanks. A letter with a colon behind
/// it takes a value. Reading ends at <c>--</c> and goes past what is no option.
/// </summary>
internal static class Options
{
    /// <summary>The option at <paramref name="index"/> in order of appearance.</summary>
    public static bool TryGet(ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> known, int index, out int letter, out Range value)
    {
        var seen = 0;
        var at = 0;
        while (TryWord(arguments, ref at, out var word) && !arguments[word].SequenceEqual("--"u8))
        {
            var (start, length) = word.GetOffsetAndLength(arguments.Length);
            if (length < 2 || arguments[start] != '-' || arguments[start + 1] == '-')
            {
                continue;
            }

            for (var i = start + 1; i < start + length; i++)
            {
                var place = arguments[i] == ':' ? -1 : known.IndexOf(arguments[i]);
                var takesValue = place >= 0 && place + 1 < known.Length && known[place + 1] == ':';
                value = takesValue ? Value(arguments, i + 1, start + length, ref at) : 0..0;
                letter = i;
                if (place >= 0 && seen++ == index)
                {
                    return true;
                }

                if (takesValue)
                {
                    break;
                }
            }
        }

        (letter, value) = (-1, default);
        return false;
    }

    private static Range Value(ReadOnlySpan<byte> arguments, int next, int end, ref int at)
    {
        // Glued to its letter, or the next word.
        return next < end ? next..end : TryWord(arguments, ref at, out var word) ? word : 0..0;
    }

    private static bool TryWord(ReadOnlySpan<byte> text, ref int at, out Range word)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        var start = at;
        while (at < text.Length && text[at] != ' ')
        {
            at++;
        }

        word = start..at;
        return at > start;
    }
}

/// <summary>The letters of the options given, in order.</summary>
internal sealed class OptionList(TextReader arguments, TextReader known) : ListReader
{
    public override bool TryRead(FieldSource source, int index, out Utf8 value)
    {
        value = default;
        if (arguments.TryRead(source, out var text) && known.TryRead(source, out var letters)
            && Options.TryGet(text.Span, letters.Span, index, out var letter, out _))
        {
            value = text.Slice(letter, 1);
        }

        return !value.IsNull;
    }
}

/// <summary>The value of one option: empty for one that takes none, missing where it was not given.</summary>
internal sealed class OptionText(TextReader arguments, TextReader known, byte wanted) : TextReader
{
    public override int Cost => 6;

    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        value = default;
        if (!arguments.TryRead(source, out var text) || !known.TryRead(source, out var letters))
        {
            return false;
        }

        for (var i = 0; Options.TryGet(text.Span, letters.Span, i, out var letter, out var range); i++)
        {
            if (text.Span[letter] == wanted)
            {
                var (start, length) = range.GetOffsetAndLength(text.Length);
                value = text.Slice(start, length);
                return true;
            }
        }

        return false;
    }
}
