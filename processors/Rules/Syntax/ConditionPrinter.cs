using System.Text;

namespace Syscribe.Rules.Syntax;

/// <summary>Prints a syntax tree as text that parses to the same tree.</summary>
public static class ConditionPrinter
{
    /// <summary>The condition's text on one line.</summary>
    public static string Print(Node node)
    {
        var text = new StringBuilder();
        Append(text, node, Precedence.Or);
        return text.ToString();
    }

    /// <summary>An operand as it stands on the right side of a comparison, or inside a call.</summary>
    public static string Print(Operand operand)
    {
        var text = new StringBuilder();
        AppendOperand(text, operand, Place.Right);
        return text.ToString();
    }

    private enum Precedence
    {
        Or,
        And,
        Not,
    }

    private enum Place
    {
        Left,
        Right,
        Call,
    }

    private static void Append(StringBuilder text, Node node, Precedence around)
    {
        switch (node)
        {
            case OrNode or:
                AppendAll(text, or.Children, " or ", Precedence.And, around > Precedence.Or);
                break;
            case AndNode and:
                AppendAll(text, and.Children, " and ", Precedence.Not, around > Precedence.And);
                break;
            case NotNode not:
                text.Append("not ");
                // The parser folds "not not" away.
                text.Append(not.Child is NotNode ? "(" : "");
                Append(text, not.Child, Precedence.Not);
                text.Append(not.Child is NotNode ? ")" : "");
                break;
            case MacroNode macro:
                text.Append(macro.Name);
                break;
            case CompareNode compare:
                AppendCompare(text, compare);
                break;
        }
    }

    private static void AppendAll(StringBuilder text, IReadOnlyList<Node> children, string separator, Precedence inside, bool group)
    {
        text.Append(group ? "(" : "");
        for (var i = 0; i < children.Count; i++)
        {
            text.Append(i == 0 ? "" : separator);

            // A child of its own kind was written in parentheses.
            Append(text, children[i], inside);
        }

        text.Append(group ? ")" : "");
    }

    private static void AppendCompare(StringBuilder text, CompareNode compare)
    {
        AppendOperand(text, compare.Left, Place.Left);
        text.Append(' ').Append(compare.Operator.Text());
        if (compare.Modifier != Modifier.None)
        {
            text.Append(' ').Append(compare.Modifier.Text());
        }

        if (compare.Right is { } right)
        {
            text.Append(' ');
            AppendOperand(text, right, Place.Right);
        }
    }

    private static void AppendOperand(StringBuilder text, Operand operand, Place place)
    {
        switch (operand)
        {
            case FieldOperand field when place == Place.Right:
                text.Append("val(").Append(Field(field.Name, field.Argument)).Append(')');
                break;
            case FieldOperand field:
                text.Append(Field(field.Name, field.Argument));
                break;
            case TransformOperand transform:
                text.Append(transform.Name).Append('(');
                AppendItems(text, transform.Arguments, Place.Call);
                text.Append(Field(")", transform.Argument));
                break;
            case ListOperand list:
                text.Append('(');
                AppendItems(text, list.Items, place);
                text.Append(')');
                break;
            case TextOperand literal:
                text.Append(place == Place.Call ? Quoted(literal) : Escaping.Quote(literal.Value));
                break;
        }
    }

    private static void AppendItems(StringBuilder text, IReadOnlyList<Operand> items, Place place)
    {
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            AppendOperand(text, items[i], place);
        }
    }

    private static string Quoted(TextOperand literal)
    {
        var text = Escaping.Quote(literal.Value);
        return text.StartsWith('"') ? text : "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal) + "\"";
    }

    private static string Field(string name, string? argument) => argument switch
    {
        null => name,
        _ when argument.Length > 0 && argument.All(c => c is not ('[' or ']' or '"' or '\'') && !Escaping.IsBlank(c)) => $"{name}[{argument}]",
        _ when !argument.Contains('"') => $"{name}[\"{argument.Replace("\\", "\\\\", StringComparison.Ordinal)}\"]",
        _ => $"{name}['{argument.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}']",
    };
}
