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

    /// <summary>Whether a tree has macro names in it.</summary>
    public static bool HasMacro(Node node) => node is MacroNode || Children(node).Any(HasMacro);

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

    private static Location Where(RuleDefinition rule) => rule.Condition?.Start ?? rule.Location;
}
