using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tools;

/// <summary>A list of what the language knows: a table and its JSON.</summary>
/// <param name="Header">Column titles.</param>
/// <param name="Rows">Cells by row.</param>
public sealed record RulesListResult(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Aligned columns under their titles.</summary>
    public string ToTable() => TextTable.Render(Header, Rows) + "\n";

    /// <summary>An array of objects keyed by column title.</summary>
    public string ToJson() => ToolJson.Write(Rows.Select(row => Header.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second)));
}

/// <summary><c>syscribe rules list</c>: fields, operators and system calls that rules may use.</summary>
public static class RulesList
{
    /// <summary>Every field with its type, argument and meaning.</summary>
    public static RulesListResult Fields() => new(
        ["field", "type", "argument", "description"],
        [.. FieldTable.All.Select(field => (IReadOnlyList<string>)[field.Name, field.Type.Text() + (field.List == ListSemantics.None ? "" : ", list"), Argument(field.Argument), field.Description])]);

    /// <summary>Every operator with the field types that have it.</summary>
    public static RulesListResult Operators() => new(
        ["operator", "fields", "meaning"],
        [.. Enum.GetValues<CompareOperator>().Select(op => (IReadOnlyList<string>)[op.Text(), Types(op), Meaning(op)]),
            ["oneof", "string", "behind a string operator: exactly one element of the list"],
            ["anyof", "string", "behind a string operator: at least one element of the list"],
            ["allof", "string", "behind a string operator: every element of the list"]]);

    /// <summary>Every event type that <c>evt.type</c> may be compared with.</summary>
    public static RulesListResult SystemCalls() => new(["type"], [.. Names.EventTypes.Order(StringComparer.Ordinal).Select(type => (IReadOnlyList<string>)[type])]);

    private static string Argument(ArgumentRule rule) => rule switch
    {
        ArgumentRule.OptionalIndex => "[number], optional",
        ArgumentRule.OptionalKey => "[name], optional",
        ArgumentRule.Required => "[name]",
        ArgumentRule.Parameter => ".name or [number]",
        _ => "",
    };

    private static string Types(CompareOperator op) =>
        string.Join(", ", Enum.GetValues<FieldType>().Where(type => OperatorRules.Of(type).Contains(op)).Select(type => type.Text()).Distinct());

    private static string Meaning(CompareOperator op) => op switch
    {
        CompareOperator.Exists => "the field is not missing",
        CompareOperator.Equal => "equal; of networks, contained in; == is the same",
        CompareOperator.NotEqual => "present and not equal",
        CompareOperator.Less or CompareOperator.LessOrEqual or CompareOperator.Greater or CompareOperator.GreaterOrEqual => "order of numbers; of texts, of their bytes",
        CompareOperator.Glob => "* ? [..] over the whole text; * crosses slashes",
        CompareOperator.IGlob => "glob without case",
        CompareOperator.Contains => "has the text in it",
        CompareOperator.IContains => "contains without case, of ASCII letters",
        CompareOperator.BContains => "has these bytes in it, written in hex",
        CompareOperator.StartsWith => "begins with",
        CompareOperator.BStartsWith => "begins with these bytes, written in hex",
        CompareOperator.EndsWith => "ends with",
        CompareOperator.Regex => "the whole text matches a POSIX extended regular expression",
        CompareOperator.In => "equal to an element of the list; a list field: all of its values are",
        CompareOperator.Intersects => "as in; a list field: some of its values are",
        CompareOperator.PMatch => "some element is a prefix of the path, by components, which may be globs",
        _ => "",
    };
}
