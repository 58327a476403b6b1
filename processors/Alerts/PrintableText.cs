using System.Buffers;

namespace Syscribe.Alerts;

/// <summary>
/// Makes text that a monitored process chose safe to print: one line, no terminal escapes. Control characters (C0, DEL,
/// C1), line and paragraph separators and lone surrogates become U+FFFD, as Falco prints them in JSON.
/// </summary>
public static class PrintableText
{
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(c => !IsPrintable(c) || char.IsSurrogate(c)).ToArray());

    /// <summary>
    /// <paramref name="text"/> itself where nothing must change, which is the usual case; else a changed copy. What is
    /// longer than <paramref name="maxChars"/> is cut there and ends in an ellipsis.
    /// </summary>
    public static string Of(string text, int maxChars = int.MaxValue)
    {
        var cut = text.Length > maxChars;
        if (!cut && text.AsSpan().IndexOfAny(Suspicious) < 0)
        {
            return text;
        }

        return string.Create(Math.Min(text.Length, maxChars), (text, cut), static (to, from) =>
        {
            from.text.AsSpan(0, to.Length).CopyTo(to);
            if (from.cut)
            {
                to[^1] = '\u2026';
            }

            Replace(to);
        });
    }

    private static void Replace(Span<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (!IsPrintable(text[i]) || char.IsSurrogate(text[i]))
            {
                text[i] = Replacement;
            }
        }
    }

    private static bool IsPrintable(char c) => !char.IsControl(c) && c is not '\u2028' and not '\u2029';
}
