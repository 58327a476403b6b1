using System.Text;
using Syscribe.Events;

namespace Syscribe.Rules.Evaluation.Matching;

/// <summary>One operator with its literals, over the bytes of a field that is present.</summary>
internal abstract class TextMatcher
{
    /// <summary>Relative price, as <see cref="Predicate.Cost"/>.</summary>
    public virtual int Cost => 2;

    public abstract bool IsMatch(ReadOnlySpan<byte> text);
}

internal sealed class AnyText : TextMatcher
{
    public override int Cost => 1;

    public override bool IsMatch(ReadOnlySpan<byte> text) => true;
}

internal sealed class EqualText(Utf8 literal) : TextMatcher
{
    private readonly byte[] _literal = literal.Span.ToArray();

    public override int Cost => 1;

    public override bool IsMatch(ReadOnlySpan<byte> text) => text.SequenceEqual(_literal);
}

internal sealed class NotText(TextMatcher inner) : TextMatcher
{
    public override int Cost => inner.Cost;

    public override bool IsMatch(ReadOnlySpan<byte> text) => !inner.IsMatch(text);
}

internal sealed class InText(Utf8Set set) : TextMatcher
{
    public override bool IsMatch(ReadOnlySpan<byte> text) => set.Contains(text);
}

internal sealed class ContainsText(Utf8 literal) : TextMatcher
{
    private readonly byte[] _literal = literal.Span.ToArray();

    public override int Cost => 4;

    public override bool IsMatch(ReadOnlySpan<byte> text) => text.IndexOf(_literal) >= 0;
}

/// <summary>ASCII letters compare without case.</summary>
internal sealed class IContainsText : TextMatcher
{
    private readonly byte[] _literal;
    private readonly System.Buffers.SearchValues<byte>? _first;

    public IContainsText(Utf8 literal)
    {
        _literal = literal.Span.ToArray();
        if (_literal.Length > 0)
        {
            var first = (char)_literal[0];
            _first = System.Buffers.SearchValues.Create([(byte)char.ToLowerInvariant(first), (byte)char.ToUpperInvariant(first)]);
        }
    }

    public override int Cost => 6;

    public override bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (_first is null)
        {
            return true;
        }

        while (text.Length >= _literal.Length && text.IndexOfAny(_first) is var at and >= 0)
        {
            text = text[at..];
            if (text.Length >= _literal.Length && Ascii.EqualsIgnoreCase(text[.._literal.Length], _literal) is var ascii && (ascii || Same(text)))
            {
                return true;
            }

            text = text[1..];
        }

        return false;
    }

    // Ascii.EqualsIgnoreCase refuses bytes from 128.
    private bool Same(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < _literal.Length; i++)
        {
            if (Lower(text[i]) != Lower(_literal[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Lower(byte c) => c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
}

internal sealed class StartsWithText(Utf8 literal) : TextMatcher
{
    private readonly byte[] _literal = literal.Span.ToArray();

    public override int Cost => 1;

    public override bool IsMatch(ReadOnlySpan<byte> text) => text.StartsWith(_literal);
}

internal sealed class EndsWithText(Utf8 literal) : TextMatcher
{
    private readonly byte[] _literal = literal.Span.ToArray();

    public override int Cost => 1;

    public override bool IsMatch(ReadOnlySpan<byte> text) => text.EndsWith(_literal);
}

internal sealed class GlobText(Utf8 pattern, bool ignoreCase) : TextMatcher
{
    private readonly byte[] _pattern = pattern.Span.ToArray();

    public override int Cost => 8;

    public override bool IsMatch(ReadOnlySpan<byte> text) => Glob.IsMatch(_pattern, text, ignoreCase);
}

internal sealed class PMatchText(PathPrefixes prefixes) : TextMatcher
{
    public override int Cost => 6;

    public override bool IsMatch(ReadOnlySpan<byte> text) => prefixes.IsMatch(text);
}

/// <summary>Order of bytes, as <c>strcmp(3)</c>.</summary>
internal sealed class OrderedText(Utf8 literal, Syntax.CompareOperator op) : TextMatcher
{
    private readonly byte[] _literal = literal.Span.ToArray();

    public override bool IsMatch(ReadOnlySpan<byte> text) => NumberCompare.Holds(op, text.SequenceCompareTo(_literal), 0);
}

/// <summary>One operator over a list of literals, an element each.</summary>
internal sealed class ModifiedText(TextMatcher[] elements, Syntax.Modifier modifier) : TextMatcher
{
    public override int Cost { get; } = Math.Max(1, elements.Sum(element => element.Cost));

    public override bool IsMatch(ReadOnlySpan<byte> text)
    {
        var matches = 0;
        foreach (var element in elements)
        {
            if (element.IsMatch(text))
            {
                if (modifier == Syntax.Modifier.AnyOf)
                {
                    return true;
                }

                matches++;
            }
            else if (modifier == Syntax.Modifier.AllOf)
            {
                return false;
            }
        }

        return modifier switch
        {
            Syntax.Modifier.OneOf => matches == 1,
            Syntax.Modifier.AllOf => elements.Length > 0,
            _ => false,
        };
    }
}
