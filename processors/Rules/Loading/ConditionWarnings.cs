using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Loading;

/// <summary>What is legal in a condition but probably not meant.</summary>
internal static class ConditionWarnings
{
    public static void Add(List<LoadMessage> warnings, Node node, RuleDefinition rule, string item)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var compare in Comparisons(node))
        {
            if (compare.Left is FieldOperand { Name: "evt.dir" or "evt.latency" } field && seen.Add(field.Name))
            {
                warnings.Add(Where(rule).Message(LoadCodes.DeprecatedItem, $"{field.Name} is deprecated: only exits are seen, so evt.dir is always < and evt.latency 0", item));
            }

            if (compare is { Operator: not (CompareOperator.In or CompareOperator.Intersects or CompareOperator.PMatch), Right: TextOperand { Value: var value } }
                && value.ToString() is var text && text.Contains('.', StringComparison.Ordinal) && FieldTable.IsName(text) && seen.Add(text))
            {
                warnings.Add(Where(rule).Message(LoadCodes.ConditionWarning, $"'{text}' may be a valid field misused as a constant string value; val({text}) reads the field", item));
            }
        }
    }

    /// <summary>The positions of all parts of a tree.</summary>
    public static HashSet<int> Positions(Node node)
    {
        var positions = new HashSet<int> { node.Position };
        foreach (var child in Children(node))
        {
            positions.UnionWith(Positions(child));
        }

        if (node is CompareNode compare)
        {
            positions.UnionWith(Positions(compare.Left));
            if (compare.Right is not null)
            {
                positions.UnionWith(Positions(compare.Right));
            }
        }

        return positions;
    }

    /// <summary>Every comparison in a tree.</summary>
    public static IEnumerable<CompareNode> Comparisons(Node node) =>
        node is CompareNode compare ? [compare] : Children(node).SelectMany(Comparisons);

    private static IEnumerable<Node> Children(Node node) => node switch
    {
        AndNode and => and.Children,
        OrNode or => or.Children,
        NotNode not => [not.Child],
        _ => [],
    };

    private static IEnumerable<int> Positions(Operand operand) => operand switch
    {
        ListOperand list => list.Items.SelectMany(Positions).Prepend(list.Position),
        TransformOperand transform => transform.Arguments.SelectMany(Positions).Prepend(transform.Position),
        _ => [operand.Position],
    };

    private static Location Where(RuleDefinition rule) => rule.Condition?.Start ?? rule.Location;
}
