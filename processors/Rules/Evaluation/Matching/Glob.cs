namespace Syscribe.Rules.Evaluation.Matching;

/// <summary><c>fnmatch(3)</c> with flags 0: <c>*</c> and <c>?</c> match slashes and leading dots too.</summary>
internal static class Glob
{
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool ignoreCase)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && MatchOne(pattern, p, text[t], ignoreCase, out var next))
            {
                p = next;
                t++;
            }
            else if (star >= 0)
            {
                // The last star takes one byte more; earlier ones need not change.
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    public static bool HasWildcard(ReadOnlySpan<byte> pattern) => pattern.IndexOfAny("*?[\\"u8) >= 0;

    private static bool MatchOne(ReadOnlySpan<byte> pattern, int at, byte c, bool ignoreCase, out int next)
    {
        next = at + 1;
        switch (pattern[at])
        {
            case (byte)'?':
                return true;
            case (byte)'[' when TryBracket(pattern, at, c, ignoreCase, out var inside, out next):
                return inside;
            case (byte)'\\' when at + 1 < pattern.Length:
                next = at + 2;
                return Same(pattern[at + 1], c, ignoreCase);
            default:
                next = at + 1;
                return Same(pattern[at], c, ignoreCase);
        }
    }

    // False for a bracket that never closes, which stands for itself.
    private static bool TryBracket(ReadOnlySpan<byte> pattern, int at, byte c, bool ignoreCase, out bool inside, out int next)
    {
        inside = false;
        next = at + 1;
        var i = at + 1;
        var negated = i < pattern.Length && pattern[i] is (byte)'!' or (byte)'^';
        if (negated)
        {
            i++;
        }

        for (var first = true; i < pattern.Length; first = false)
        {
            if (pattern[i] == ']' && !first)
            {
                inside ^= negated;
                next = i + 1;
                return true;
            }

            if (pattern[i] == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':' && pattern[(i + 2)..].IndexOf(":]"u8) is var length and >= 0)
            {
                inside |= InClass(pattern.Slice(i + 2, length), c, ignoreCase);
                i += length + 4;
                continue;
            }

            var low = Unescaped(pattern, ref i);
            var high = low;
            if (i + 1 < pattern.Length && pattern[i] == '-' && pattern[i + 1] != ']')
            {
                i++;
                high = Unescaped(pattern, ref i);
            }

            inside |= (low <= c && c <= high)
                || (ignoreCase && ((low <= Lower(c) && Lower(c) <= high) || (low <= Upper(c) && Upper(c) <= high)));
        }

        return false;
    }

    private static byte Unescaped(ReadOnlySpan<byte> pattern, ref int i)
    {
        if (pattern[i] == '\\' && i + 1 < pattern.Length)
        {
            i++;
        }

        return pattern[i++];
    }

    private static bool InClass(ReadOnlySpan<byte> name, byte c, bool ignoreCase) => c < 128 && System.Text.Encoding.ASCII.GetString(name) switch
    {
        "alpha" => char.IsAsciiLetter((char)c),
        "digit" => char.IsAsciiDigit((char)c),
        "alnum" => char.IsAsciiLetterOrDigit((char)c),
        "upper" => char.IsAsciiLetterUpper((char)c) || (ignoreCase && char.IsAsciiLetter((char)c)),
        "lower" => char.IsAsciiLetterLower((char)c) || (ignoreCase && char.IsAsciiLetter((char)c)),
        "space" => c is 32 or (>= 9 and <= 13),
        "blank" => c is 32 or 9,
        "punct" => c is > 32 and < 127 && !char.IsAsciiLetterOrDigit((char)c),
        "xdigit" => char.IsAsciiHexDigit((char)c),
        "cntrl" => c is < 32 or 127,
        "print" => c is >= 32 and < 127,
        "graph" => c is > 32 and < 127,
        _ => false,
    };

    private static bool Same(byte a, byte b, bool ignoreCase) => a == b || (ignoreCase && Lower(a) == Lower(b));

    private static byte Lower(byte c) => c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;

    private static byte Upper(byte c) => c is >= (byte)'a' and <= (byte)'z' ? (byte)(c & ~0x20) : c;
}
