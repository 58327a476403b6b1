using System.Globalization;
using System.Text;
using Syscribe.Events;

namespace Syscribe.Rules.Syntax;

/// <summary>Quoted strings of the condition language, with the original's oddities.</summary>
internal static class Escaping
{
    /// <summary>
    /// The bytes that a quoted string stands for. A backslash before a blank yields the backslash and swallows the blank:
    /// an old upstream rule depends on it.
    /// </summary>
    /// <param name="body">What stands between the quotes.</param>
    /// <param name="quote">The quote, the only one that may be escaped.</param>
    /// <param name="position">Where the string begins, for errors.</param>
    public static Utf8 Unescape(ReadOnlySpan<char> body, char quote, int position)
    {
        var bytes = new List<byte>(body.Length);
        Span<byte> encoded = stackalloc byte[4];
        for (var i = 0; i < body.Length;)
        {
            if (body[i] != '\\')
            {
                Rune.DecodeFromUtf16(body[i..], out var rune, out var used);
                bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
                i += used;
                continue;
            }

            if (i + 1 >= body.Length)
            {
                throw new SyntaxException("the string ends in a backslash; write \\\\ for one", position);
            }

            if (body[i + 1] == 'x')
            {
                bytes.Add(Hex(body[(i + 2)..], position));
                i += 4;
                continue;
            }

            bytes.Add(Simple(body[i + 1], quote, position));
            i += 2;
        }

        return Utf8.Copy(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
    }

    /// <summary>Whether <paramref name="value"/> can stand without quotes.</summary>
    public static bool IsBare(string value) => value.Length > 0 && value.All(IsBareCharacter);

    /// <summary>A character of a bare string.</summary>
    public static bool IsBareCharacter(char c) => c is not ('(' or ')' or '"' or '\'' or '=' or ',') && !IsBlank(c) && c != '\0';

    /// <summary>The blanks of the condition language.</summary>
    public static bool IsBlank(char c) => c is ' ' or '\b' or '\t' or '\r' or '\n';

    /// <summary>The shortest spelling that parses back to <paramref name="value"/>: bare where it can be, else in double quotes.</summary>
    public static string Quote(Utf8 value)
    {
        var text = Encoding.UTF8.GetString(value.Span);
        if (IsBare(text) && Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(value.Span) && !text.Contains('\v') && !text.Contains('\f'))
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        for (var rest = value.Span; !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf8(rest, out var rune, out var used);
            quoted.Append(status != System.Buffers.OperationStatus.Done || Rune.IsControl(rune)
                ? string.Concat(rest[..used].ToArray().Select(b => $"\\x{b:x2}"))
                : rune.Value is '"' or '\\' ? "\\" + rune : rune.ToString());
            rest = rest[used..];
        }

        // A backslash right before the closing quote would hide it from the lexer.
        if (quoted[^1] == '\\')
        {
            quoted.Length -= 2;
            quoted.Append("\\x5c");
        }

        return quoted.Append('"').ToString();
    }

    private static byte Hex(ReadOnlySpan<char> digits, int position) =>
        digits.Length >= 2 && byte.TryParse(digits[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new SyntaxException("\\x must be followed by two hex digits", position);

    private static byte Simple(char c, char quote, int position) => c switch
    {
        'b' => (byte)'\b',
        'f' => (byte)'\f',
        'n' => (byte)'\n',
        'r' => (byte)'\r',
        't' => (byte)'\t',
        '\\' or ' ' => (byte)'\\',
        '/' => (byte)'/',
        _ when c == quote => (byte)quote,
        _ => throw new SyntaxException(
            $"unknown escape \\{c} in a string in {quote} quotes; allowed are \\b \\f \\n \\r \\t \\\\ \\/ \\{quote} \\xHH", position),
    };
}
