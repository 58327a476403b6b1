using Syscribe.Rules.Syntax;

namespace Syscribe.Training.Data;

/// <summary>A comparison that must hold, or must not.</summary>
internal sealed record Atom(CompareNode Node, bool Holds)
{
    /// <summary>The field as written; empty for calls of transformers.</summary>
    public string Field => Node.Left is FieldOperand left ? left.Text : "";

    /// <summary>The right side's texts.</summary>
    public IReadOnlyList<string> Values { get; } = ValuesOf(Node.Right);

    /// <summary>Whether it asks for one of its values exactly: to be equal, or in the list.</summary>
    public bool IsExact => Node.Operator is CompareOperator.Equal or CompareOperator.In or CompareOperator.Intersects;

    private static string[] ValuesOf(Operand? operand) => operand switch
    {
        TextOperand text => [text.Value.ToString()],
        ListOperand list => [.. list.Items.OfType<TextOperand>().Select(text => text.Value.ToString())],
        _ => [],
    };
}

/// <summary>One way in which a condition comes true: a branch of each alternative.</summary>
internal static class ConditionPaths
{
    /// <summary>Draws a way; alternatives are equally likely but those that ask for a call alone.</summary>
    public static List<Atom> Draw(Node condition, Random random)
    {
        var atoms = new List<Atom>();
        Add(condition, holds: true, atoms, random);
        return atoms;
    }

    private static void Add(Node node, bool holds, List<Atom> atoms, Random random)
    {
        switch (node)
        {
            case CompareNode { Operator: CompareOperator.NotEqual } compare:
                atoms.Add(new Atom(compare with { Operator = CompareOperator.Equal }, !holds));
                break;
            case CompareNode compare:
                atoms.Add(new Atom(compare, holds));
                break;
            case NotNode not:
                Add(not.Child, !holds, atoms, random);
                break;
            case AndNode and:
                AddAll(and.Children, holds, holds, atoms, random);
                break;
            case OrNode or:
                AddAll(or.Children, holds, !holds, atoms, random);
                break;
        }
    }

    // A branch that asks for a call alone, as for creat(2), says little and is drawn half as often.
    private static Node Drawn(IReadOnlyList<Node> children, Random random)
    {
        static int Weight(Node node) => node is CompareNode { Left: FieldOperand { Name: "evt.type" } } ? 1 : 2;
        var at = random.Next(children.Sum(Weight));
        return children.First(child => (at -= Weight(child)) < 0);
    }

    private static void AddAll(IReadOnlyList<Node> children, bool holds, bool all, List<Atom> atoms, Random random)
    {
        if (!all)
        {
            Add(Drawn(children, random), holds, atoms, random);
            return;
        }

        foreach (var child in children)
        {
            Add(child, holds, atoms, random);
        }
    }
}
