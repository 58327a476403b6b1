using Syscribe.Rules.Evaluation.Transforming;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>Comparisons with a transformer on either side, or with <c>val(field)</c> on the right.</summary>
internal static class TransformCompiler
{
    /// <exception cref="SyntaxException">A side that does not fit its operator or the other side.</exception>
    public static Predicate Compile(CompareNode node)
    {
        var left = OperandReader.Of(node.Left);
        OperatorRules.Check(Written(node.Left), left.Type, node);
        if (AnyOf(node) is { } any)
        {
            return any;
        }

        if (left.List is not null && (!(node.Operator.TakesList() || node.Operator == CompareOperator.Exists) || node.Operator == CompareOperator.PMatch))
        {
            throw new SyntaxException($"{Written(node.Left)} is a list, which allows in, intersects and exists, not {node.Operator.Text()}", node.Position);
        }

        if (node.Operator == CompareOperator.Exists)
        {
            return left.List is not null ? new ExistsItem(left.List) : left.Number is not null ? new ExistsNumber(left.Number) : new ExistsReader(left.AsText());
        }

        return node.Right is FieldOperand or TransformOperand ? Dynamic(node, left, OperandReader.Of(node.Right)) : Literal(node, left);
    }

    /// <summary>A transformer's call in an output format.</summary>
    /// <exception cref="SyntaxException">It does not parse.</exception>
    public static TextReader ParseText(string text, int position)
    {
        try
        {
            // The parser knows calls as sides of comparisons.
            return ConditionParser.Parse(text + " exists") is CompareNode { Left: TransformOperand call } ? OperandReader.Of(call).AsText()
                : throw new SyntaxException($"invalid formatting token: {text} is no transformer's call", position);
        }
        catch (SyntaxException e)
        {
            throw new SyntaxException($"invalid formatting token: {e.Message}", position + e.Position);
        }
    }

    private static Predicate Literal(CompareNode node, OperandReader left)
    {
        var literals = Literals.Of(node.Right);
        if (left.List is not null)
        {
            return ConditionCompiler.Set(left.List, node.Operator, literals);
        }

        if (left.Number is null)
        {
            return new TextTest(left.AsText(), TextMatcherFactory.Make(null, node, literals));
        }

        var field = new FieldRef(new Field { Name = Written(node.Left), Type = left.Type, Description = "" }, null, Written(node.Left));
        long[] values = [.. literals.Select(literal => Literals.Number(field, literal))];
        return node.Operator.TakesList() ? new NumberInTest(left.Number, values) : new NumberTest(left.Number, node.Operator, values[0], left.Type.IsUnsigned());
    }

    private static Predicate Dynamic(CompareNode node, OperandReader left, OperandReader right)
    {
        if (node.Operator is CompareOperator.Regex or CompareOperator.BContains or CompareOperator.BStartsWith)
        {
            throw new SyntaxException($"{node.Operator.Text()} needs a literal on its right side", node.Position);
        }

        if (node.Operator is CompareOperator.In or CompareOperator.Intersects && (left.List ?? right.List) is not null)
        {
            return new DynamicSetTest(left.List ?? new SingleList(left.AsText()), right.List ?? new SingleList(right.AsText()), node.Operator == CompareOperator.In);
        }

        if (left.Address is not null && right.Address is not null)
        {
            return new DynamicAddressTest(left.Address, node.Operator, right.Address);
        }

        if (left.Number is not null && right.Number is not null)
        {
            return new DynamicNumberTest(left.Number, node.Operator, right.Number, left.Type.IsUnsigned());
        }

        return left.Text is not null && right.Text is not null && right.List is null
            ? new DynamicTextTest(left.Text, node.Operator, right.Text)
            : throw new SyntaxException($"{Written(node.Left)} ({left.Kind}) cannot be compared with {ConditionPrinter.Print(node.Right!)} ({right.Kind})", node.Position);
    }

    // Ancestors: one of them suffices, whatever the operator.
    private static OrPredicate? AnyOf(CompareNode node) =>
        node.Left is FieldOperand field && ConditionCompiler.Resolve(field) is { IsList: true, Field: { List: ListSemantics.Any, Type: FieldType.Text } } list
        && !node.Operator.TakesList() && node.Right is { } right && OperandReader.Of(right).Text is { } text
            ? new OrPredicate([.. list.Items.Select(item => new DynamicTextTest(new FieldText(item), node.Operator, text))])
            : null;

    private static string Written(Operand operand) => operand is FieldOperand field ? field.Text : ConditionPrinter.Print(operand);
}
