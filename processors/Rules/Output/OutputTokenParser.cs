using System.Globalization;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Output;

/// <summary>Reads one token behind its percent sign.</summary>
internal sealed class OutputTokenParser(string text, int start)
{
    private readonly int _start = start;
    private int _at = start;

    public OutputToken Parse(out int end)
    {
        var digits = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }

        var width = _at > digits && int.TryParse(text.AsSpan(digits, _at - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        if (_at >= text.Length)
        {
            throw new SyntaxException("invalid formatting token: '%' at the end of the output stands for nothing; write a field behind it", _start - 1);
        }

        var token = TransformToken(width) ?? FieldToken(width);
        end = _at;
        return token;
    }

    private OutputToken FieldToken(int width)
    {
        var begin = _at;
        var field = ReadField();
        return new OutputToken(text[begin.._at], "", width, source => FieldValue.Read(field, source));
    }

    private OutputToken? TransformToken(int width)
    {
        foreach (var name in ConditionParser.Transformers)
        {
            if (string.CompareOrdinal(text, _at, name + "(", 0, name.Length + 1) != 0)
            {
                continue;
            }

            var close = text.IndexOf(')', _at);
            if (close < 0)
            {
                throw new SyntaxException($"invalid formatting token: {name}( is not closed", _at);
            }

            var written = text[_at..(close + 1)];
            var reader = Evaluation.TransformCompiler.ParseText(written, _at);
            _at = close + 1;
            return new OutputToken(written, "", width, source => FieldValue.Read(reader, source));
        }

        return null;
    }

    private FieldRef ReadField()
    {
        var end = _at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.'))
        {
            end++;
        }

        string? error = null;
        for (var cut = end; cut > _at; cut--)
        {
            var argument = Argument(cut, out var behind);
            if (FieldTable.TryResolve(text[_at..cut], argument, out var field, out var refused))
            {
                _at = behind;
                return field.Field.BothEnds ? throw new SyntaxException($"invalid formatting token: {field.Text} is for conditions only", _at) : field;
            }

            error ??= refused;
        }

        throw new SyntaxException($"invalid formatting token: {error ?? $"'%{text[_at..Math.Min(text.Length, _at + 1)]}' names no field"}", _at);
    }

    private string? Argument(int at, out int behind)
    {
        behind = at;
        if (at >= text.Length || text[at] != '[' || text.IndexOf(']', at) is not (var close and > 0))
        {
            return null;
        }

        behind = close + 1;
        return text[(at + 1)..close].Trim('"', '\'');
    }
}
