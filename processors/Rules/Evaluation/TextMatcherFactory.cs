using Syscribe.Events;
using Syscribe.Rules.Evaluation.Matching;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>Makes the matcher of a text or byte comparison with literals.</summary>
internal static class TextMatcherFactory
{
    public static TextMatcher Make(FieldRef? field, CompareNode node, IReadOnlyList<TextOperand> literals)
    {
        foreach (var literal in literals)
        {
            if (field?.Field.Type != FieldType.Bytes && literal.Value.Span.Contains((byte)0))
            {
                throw new SyntaxException("a NUL byte is allowed only in values of byte fields", literal.Position);
            }
        }

        if (node.Modifier != Modifier.None)
        {
            return new ModifiedText([.. literals.Select(literal => One(field, node.Operator, literal))], node.Modifier);
        }

        return node.Operator switch
        {
            CompareOperator.In or CompareOperator.Intersects => new InText(new Utf8Set(literals.Select(literal => literal.Value))),
            CompareOperator.PMatch => new PMatchText(new PathPrefixes(literals.Select(literal => literal.Value))),
            _ => One(field, node.Operator, literals[0]),
        };
    }

    private static TextMatcher One(FieldRef? field, CompareOperator op, TextOperand literal)
    {
        var value = literal.Value;
        return op switch
        {
            CompareOperator.Equal => new EqualText(value),
            CompareOperator.NotEqual => new NotText(new EqualText(value)),
            CompareOperator.Contains => new ContainsText(value),
            CompareOperator.IContains => new IContainsText(value),
            CompareOperator.StartsWith => new StartsWithText(value),
            CompareOperator.EndsWith => new EndsWithText(value),
            CompareOperator.Glob => new GlobText(value, ignoreCase: false),
            CompareOperator.IGlob => new GlobText(value, ignoreCase: true),
            CompareOperator.BContains when field is not null => new ContainsText(Literals.Hex(field, literal)),
            CompareOperator.BStartsWith when field is not null => new StartsWithText(Literals.Hex(field, literal)),
            CompareOperator.Regex => Regex(value, literal.Position),
            _ => new OrderedText(value, op),
        };
    }

    private static RegexText Regex(Utf8 pattern, int position)
    {
        try
        {
            return new RegexText(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new SyntaxException($"invalid regular expression \"{pattern}\": {e.Message}", position);
        }
    }
}
