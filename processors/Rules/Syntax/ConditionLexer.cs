using Syscribe.Events;

namespace Syscribe.Rules.Syntax;

/// <summary>A cursor over a condition's text. Each <c>Try</c> method moves only where it succeeds.</summary>
internal sealed class ConditionLexer(string text)
{
    public int Position { get; private set; }

    public bool AtEnd => Position >= text.Length;

    private char Current => Position < text.Length ? text[Position] : '\0';

    public bool SkipBlanks()
    {
        var start = Position;
        while (Position < text.Length && Escaping.IsBlank(text[Position]))
        {
            Position++;
        }

        return Position > start;
    }

    public bool Try(string token)
    {
        if (string.CompareOrdinal(text, Position, token, 0, token.Length) != 0)
        {
            return false;
        }

        Position += token.Length;
        return true;
    }

    /// <summary>A word that must be followed by a blank, which is taken too.</summary>
    public bool TryWord(string word)
    {
        var start = Position;
        if (Try(word) && SkipBlanks())
        {
            return true;
        }

        Position = start;
        return false;
    }

    /// <summary><paramref name="mark"/> back to where the lexer once was.</summary>
    public void Rewind(int mark) => Position = mark;

    public bool TryIdentifier(out string name)
    {
        var end = IdentifierEnd(Position);
        name = text[Position..end];
        Position = end;
        return name.Length > 0;
    }

    public bool TryFieldName(out string name)
    {
        name = "";
        var end = IdentifierEnd(Position);
        var parts = 0;
        while (end > Position && end < text.Length && text[end] == '.' && IdentifierEnd(end + 1) is var next && next > end + 1)
        {
            end = next;
            parts++;
        }

        if (parts == 0)
        {
            return false;
        }

        name = text[Position..end];
        Position = end;
        return true;
    }

    /// <summary>The closing quote is the first one without a backslash before it, so <c>"foo\\"</c> never ends.</summary>
    public bool TryQuoted(out Utf8 value)
    {
        value = default;
        var quote = Current;
        if (quote is not ('"' or '\''))
        {
            return false;
        }

        for (var i = Position + 1; i < text.Length && text[i] != '\0'; i++)
        {
            if (text[i] == quote && text[i - 1] != '\\')
            {
                value = Escaping.Unescape(text.AsSpan(Position + 1, i - Position - 1), quote, Position);
                Position = i + 1;
                return true;
            }
        }

        return false;
    }

    public bool TryBare(out Utf8 value)
    {
        var start = Position;
        while (Position < text.Length && Escaping.IsBareCharacter(text[Position]))
        {
            Position++;
        }

        value = Utf8.From(text[start..Position]);
        return Position > start;
    }

    public bool TryArgument(out string argument)
    {
        var start = Position;
        while (Position < text.Length && text[Position] is not ('[' or ']' or '"' or '\'' or '\0') && !Escaping.IsBlank(text[Position]))
        {
            Position++;
        }

        argument = text[start..Position];
        return argument.Length > 0;
    }

    /// <summary>Hex digits go up to z, as the original's do; what is no number is refused when types are checked.</summary>
    public bool TryNumber(out Utf8 value)
    {
        var end = HexEnd(Position);
        if (end == Position)
        {
            end = DecimalEnd(Position);
        }

        value = Utf8.From(text[Position..end]);
        Position = end;
        return value.Length > 0;
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c);

    private int IdentifierEnd(int at)
    {
        if (at >= text.Length || !IsLetter(text[at]))
        {
            return at;
        }

        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        return at;
    }

    private int HexEnd(int at)
    {
        if (at + 2 >= text.Length || text[at] != '0' || text[at + 1] is not ('x' or 'X') || !char.IsAsciiLetterOrDigit(text[at + 2]))
        {
            return at;
        }

        at += 2;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
        {
            at++;
        }

        return at;
    }

    private int DecimalEnd(int at)
    {
        var start = at;
        if (at < text.Length && text[at] is '+' or '-')
        {
            at++;
        }

        var digits = Digits(at);
        if (digits == at)
        {
            return start;
        }

        at = digits;
        if (at < text.Length && text[at] == '.')
        {
            at = Digits(at + 1);
        }

        if (at + 1 < text.Length && text[at] is 'e' or 'E' && text[at + 1] is '+' or '-' && Digits(at + 2) > at + 2)
        {
            at = Digits(at + 2);
        }

        return at;
    }

    private int Digits(int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at;
    }
}
