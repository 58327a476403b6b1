using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>Which operators a field's type has.</summary>
internal static class OperatorRules
{
    private static readonly CompareOperator[] Sets = [CompareOperator.In, CompareOperator.Intersects, CompareOperator.Exists];

    private static readonly CompareOperator[] Equality = [CompareOperator.Equal, CompareOperator.NotEqual, .. Sets];

    private static readonly CompareOperator[] Numbers =
        [CompareOperator.Equal, CompareOperator.NotEqual, CompareOperator.Less, CompareOperator.LessOrEqual, CompareOperator.Greater, CompareOperator.GreaterOrEqual, .. Sets];

    private static readonly CompareOperator[] Bytes =
        [.. Equality, CompareOperator.Contains, CompareOperator.StartsWith, CompareOperator.EndsWith, CompareOperator.BContains, CompareOperator.BStartsWith];

    private static readonly CompareOperator[] Text =
    [
        .. Numbers, CompareOperator.Contains, CompareOperator.IContains, CompareOperator.StartsWith, CompareOperator.EndsWith,
        CompareOperator.Glob, CompareOperator.IGlob, CompareOperator.Regex, CompareOperator.PMatch,
    ];

    /// <summary>The operators of <paramref name="type"/>.</summary>
    public static IReadOnlyList<CompareOperator> Of(FieldType type) => type switch
    {
        FieldType.Bool or FieldType.Ip or FieldType.Net => Equality,
        FieldType.Bytes => Bytes,
        FieldType.Text => Text,
        _ => Numbers,
    };

    /// <exception cref="SyntaxException">The field has no such operator, modifier or form.</exception>
    public static void Check(FieldRef field, CompareNode node)
    {
        Check(field.Text, field.Field.Type, node);
        if (field.IsList && field.Field.List == ListSemantics.Set && (!Sets.Contains(node.Operator) || node.Modifier != Modifier.None))
        {
            throw new SyntaxException($"{field.Text} is a list, which allows in, intersects and exists, not {Written(node)}", node.Position);
        }

        if (field.Field.BothEnds && field.Field.Type != FieldType.Port && node.Operator == CompareOperator.Intersects)
        {
            throw new SyntaxException($"{field.Text} allows =, !=, in and exists, not intersects", node.Position);
        }
    }

    /// <inheritdoc cref="Check(FieldRef, CompareNode)" />
    public static void Check(string what, FieldType type, CompareNode node)
    {
        var allowed = Of(type);
        if (!allowed.Contains(node.Operator))
        {
            throw new SyntaxException(
                $"{what} is a field of type {type.Text()}, which allows {string.Join(", ", allowed.Select(op => op.Text()))}, not {node.Operator.Text()}", node.Position);
        }

        if (node.Modifier != Modifier.None && type is not (FieldType.Text or FieldType.Bytes))
        {
            throw new SyntaxException($"{node.Modifier.Text()} is for text fields; {what} is a field of type {type.Text()}", node.Position);
        }

        if (node.Operator.Orders() && type == FieldType.Text && node.Modifier != Modifier.None)
        {
            throw new SyntaxException($"{node.Operator.Text()} takes no {node.Modifier.Text()}", node.Position);
        }
    }

    private static string Written(CompareNode node) => $"{node.Operator.Text()} {node.Modifier.Text()}".TrimEnd();
}
