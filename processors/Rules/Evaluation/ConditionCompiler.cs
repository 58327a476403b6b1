using Syscribe.Rules.Evaluation.Matching;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>Type-checks a condition whose macros are resolved, and turns it into a <see cref="Predicate"/>.</summary>
internal sealed class ConditionCompiler(PredicatePool pool)
{
    /// <exception cref="SyntaxException">An unknown field, an operator that its type does not have, or a value that it cannot hold.</exception>
    public Predicate Compile(Node node) => node switch
    {
        AndNode and => pool.And([.. and.Children.Select(Compile)]),
        OrNode or => pool.Or([.. or.Children.Select(Compile)]),
        NotNode not => pool.Not(Compile(not.Child)),
        MacroNode macro => throw new SyntaxException($"Undefined macro '{macro.Name}' used in filter.", macro.Position),
        CompareNode compare => pool.Leaf(ConditionPrinter.Print(compare), () => Leaf(compare)),
        _ => throw new InvalidOperationException($"unknown node {node.GetType().Name}"),
    };

    /// <summary>The field of <paramref name="operand"/>.</summary>
    /// <exception cref="SyntaxException">There is no such field.</exception>
    public static FieldRef Resolve(FieldOperand operand) =>
        FieldTable.TryResolve(operand.Name, operand.Argument, out var field, out var error) ? field : throw new SyntaxException(error, operand.Position);

    private static Predicate Leaf(CompareNode node)
    {
        if (node.Left is not FieldOperand left || node.Right is FieldOperand or TransformOperand)
        {
            return TransformCompiler.Compile(node);
        }

        var field = Resolve(left);
        var type = field.Field;
        OperatorRules.Check(field, node);
        if (node.Operator == CompareOperator.Exists)
        {
            return Exists(field);
        }

        var literals = Literals.Of(node.Right);
        return type.BothEnds ? BothEnds(field, node.Operator, literals)
            : type.IsDomain ? Domain(field, node, literals)
            : field.IsList && type.List == ListSemantics.Set ? Set(new FieldList(field), node.Operator, literals)
            : type.Type.IsNumber() || type.Type == FieldType.Bool ? Number(field, node.Operator, literals)
            : type.Type is FieldType.Ip or FieldType.Net ? Address(field, node.Operator, literals)
            : Text(field, node, literals);
    }

    private static Predicate Exists(FieldRef field) =>
        field.Field.BothEnds ? new DescriptorTest()
        : field.IsList ? field.Field.Type.IsNumber() ? new ExistsNumber(new FieldNumber(field.Items[0])) : new ExistsText(field.Items[0])
        : field.Field.Type.IsNumber() || field.Field.Type == FieldType.Bool ? new ExistsNumber(new FieldNumber(field))
        : field.Field.Type is FieldType.Ip or FieldType.Net ? new ExistsAddress(field)
        : new ExistsText(field);

    private static Predicate Text(FieldRef field, CompareNode node, IReadOnlyList<TextOperand> literals)
    {
        if (field.Field.Name is "evt.type" or "syscall.type" && node.Operator is CompareOperator.Equal or CompareOperator.NotEqual or CompareOperator.In or CompareOperator.Intersects)
        {
            CheckEventTypes(literals);
            if (field.Field.Name == "evt.type" && node.Modifier == Modifier.None)
            {
                return new TypePredicate(field, literals.Select(literal => literal.Value.ToString()).ToHashSet(StringComparer.Ordinal), node.Operator == CompareOperator.NotEqual);
            }
        }

        var matcher = TextMatcherFactory.Make(field, node, literals);
        return field.IsList ? new AnyTextTest(field, matcher) : new FieldTextTest(field, matcher);
    }

    private static void CheckEventTypes(IReadOnlyList<TextOperand> literals)
    {
        foreach (var literal in literals)
        {
            var name = literal.Value.ToString();
            if (!Names.IsEventType(name))
            {
                throw new SyntaxException($"unknown event type {name}; did you mean {EditDistance.Nearest(name, Names.EventTypes)}?", literal.Position);
            }
        }
    }

    internal static Predicate Set(ListReader reader, CompareOperator op, IReadOnlyList<TextOperand> literals) =>
        new SetTest(reader, new Utf8Set(literals.Select(literal => literal.Value)), op == CompareOperator.In);

    private static Predicate Number(FieldRef field, CompareOperator op, IReadOnlyList<TextOperand> literals)
    {
        long[] values = [.. literals.Select(literal => Literals.Number(field, literal))];
        Predicate Make(NumberReader reader) => op.TakesList()
            ? new NumberInTest(reader, values)
            : new NumberTest(reader, op, values[0], field.Field.Type.IsUnsigned());
        return field.IsList ? new AnyNumberTest(field, Make) : Make(new FieldNumber(field));
    }

    private static AddressTest Address(FieldRef field, CompareOperator op, IReadOnlyList<TextOperand> literals) =>
        new(field, [.. literals.Select(literal => Literals.Address(field, literal))], op == CompareOperator.NotEqual);

    private static Predicate BothEnds(FieldRef field, CompareOperator op, IReadOnlyList<TextOperand> literals)
    {
        if (field.Field.Type == FieldType.Port)
        {
            return new EndsPortTest(op, [.. literals.Select(literal => Literals.Number(field, literal))]);
        }

        Network[] networks = [.. literals.Select(literal => Literals.Address(field, literal))];

        // Falco compares fd.net with the first network of a list only.
        return new EndsAddressTest(field.Field.Type == FieldType.Net ? networks[..Math.Min(1, networks.Length)] : networks, op == CompareOperator.NotEqual);
    }

    private static Predicate Domain(FieldRef field, CompareNode node, IReadOnlyList<TextOperand> literals) =>
        node.Operator is CompareOperator.Equal or CompareOperator.NotEqual or CompareOperator.In && node.Modifier == Modifier.None
            ? new DomainTest(field, [.. literals.Select(literal => literal.Value)], node.Operator == CompareOperator.NotEqual)
            : new FieldTextTest(field, TextMatcherFactory.Make(field, node, literals));
}
