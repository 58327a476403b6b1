using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Domains;

/// <summary>The domain names that a condition compares addresses with.</summary>
internal static class DomainNames
{
    public static IEnumerable<string> Of(Node node) => node switch
    {
        AndNode and => and.Children.SelectMany(Of),
        OrNode or => or.Children.SelectMany(Of),
        NotNode not => Of(not.Child),
        CompareNode { Left: FieldOperand field, Operator: CompareOperator.Equal or CompareOperator.NotEqual or CompareOperator.In } compare
            when FieldTable.TryResolve(field.Name, field.Argument, out var found, out _) && found.Field.IsDomain => Literals.Of(compare.Right).Select(literal => literal.Value.ToString()),
        _ => [],
    };
}
