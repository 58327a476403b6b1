using System.Text;

namespace Syscribe.Rules.Evaluation.Matching;

/// <summary>
/// Translates the POSIX extended syntax that RE2 accepts in its POSIX mode to .NET's: bracket classes such as
/// <c>[[:alpha:]]</c>, and no Perl extensions.
/// </summary>
internal static class PosixRegex
{
    /// <exception cref="ArgumentException">What POSIX does not know.</exception>
    public static string Translate(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 16);
        for (var i = 0; i < pattern.Length;)
        {
            i = pattern[i] switch
            {
                '[' => Bracket(pattern, i, result),
                '\\' => Escape(pattern, i, result),
                _ => Plain(pattern, i, result),
            };
        }

        return result.ToString();
    }

    private static int Plain(string pattern, int at, StringBuilder result)
    {
        if (pattern[at] == '(' && at + 1 < pattern.Length && pattern[at + 1] == '?')
        {
            throw new ArgumentException("(? is no POSIX syntax");
        }

        if (pattern[at] is '*' or '+' or '?' && at + 1 < pattern.Length && pattern[at + 1] is '?' or '+' && pattern[at] != pattern[at + 1])
        {
            throw new ArgumentException($"bad repetition operator {pattern.Substring(at, 2)}");
        }

        result.Append(pattern[at] == '#' || pattern[at] == ' ' ? pattern[at].ToString() : pattern[at]);
        return at + 1;
    }

    private static int Escape(string pattern, int at, StringBuilder result)
    {
        if (at + 1 >= pattern.Length)
        {
            throw new ArgumentException("trailing \\");
        }

        var c = pattern[at + 1];
        if (c is 'n' or 't' or 'r' or 'f' or 'v' or 'a')
        {
            result.Append('\\').Append(c);
            return at + 2;
        }

        if (char.IsAsciiLetterOrDigit(c))
        {
            throw new ArgumentException($"\\{c} is no POSIX syntax; write a bracket class, as [[:digit:]]");
        }

        result.Append('\\').Append(c);
        return at + 2;
    }

    private static int Bracket(string pattern, int at, StringBuilder result)
    {
        var i = at + 1;
        result.Append('[');
        if (i < pattern.Length && pattern[i] == '^')
        {
            result.Append('^');
            i++;
        }

        for (var first = true; i < pattern.Length; first = false)
        {
            if (pattern[i] == ']' && !first)
            {
                result.Append(']');
                return i + 1;
            }

            if (string.CompareOrdinal(pattern, i, "[:", 0, 2) == 0 && pattern.IndexOf(":]", i + 2, StringComparison.Ordinal) is var end and > 0)
            {
                result.Append(Class(pattern[(i + 2)..end]));
                i = end + 2;
                continue;
            }

            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                result.Append('\\').Append(pattern[i + 1]);
                i += 2;
                continue;
            }

            result.Append(pattern[i] is '[' or ']' ? "\\" : "").Append(pattern[i]);
            i++;
        }

        throw new ArgumentException("missing ]");
    }

    private static string Class(string name) => name switch
    {
        "alpha" => "A-Za-z",
        "digit" => "0-9",
        "alnum" => "0-9A-Za-z",
        "upper" => "A-Z",
        "lower" => "a-z",
        "space" => @"\t\n\v\f\r ",
        "blank" => @"\t ",
        "punct" => @"!-/:-@\[-`{-~",
        "xdigit" => "0-9A-Fa-f",
        "cntrl" => @"\x00-\x1f\x7f",
        "print" => @"\x20-\x7e",
        "graph" => @"\x21-\x7e",
        "word" => "0-9A-Za-z_",
        _ => throw new ArgumentException($"unknown class [:{name}:]"),
    };
}
