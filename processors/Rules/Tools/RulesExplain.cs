using System.Text;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Loading;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tools;

/// <summary>A rule with its macros and lists replaced.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Condition">Its condition, expanded, over several lines.</param>
/// <param name="Fields">Fields that the condition reads, sorted.</param>
public sealed record RulesExplainResult(Rule Rule, string Condition, IReadOnlyList<string> Fields)
{
    /// <summary>Everything about the rule, for people.</summary>
    public string ToTable() =>
        $"""
         rule:      {Rule.Name}
         defined:   {Rule.Location}
         priority:  {Rule.Priority}{(Rule.Enabled ? "" : " (not enabled)")}
         tags:      {string.Join(", ", Rule.Tags)}
         events:    {(Rule.EventTypes is null ? "any" : string.Join(", ", Rule.EventTypes))}
         fields:    {string.Join(", ", Fields)}
         about:     {Rule.Description.Trim().ReplaceLineEndings(" ")}
         output:    {Rule.Output.Text}
         condition:
         {Condition}

         """;

    /// <summary>The same as one JSON object.</summary>
    public string ToJson() => ToolJson.Write(new
    {
        rule = Rule.Name,
        location = Rule.Location,
        priority = Rule.Priority.ToString(),
        enabled = Rule.Enabled,
        tags = Rule.Tags,
        eventTypes = Rule.EventTypes,
        fields = Fields,
        description = Rule.Description,
        output = Rule.Output.Text,
        condition = ConditionPrinter.Print(Rule.Condition),
        written = Rule.ConditionText,
    });
}

/// <summary><c>syscribe rules explain</c>.</summary>
public static class RulesExplain
{
    /// <summary>Explains a rule of a loaded set.</summary>
    /// <returns>Null where there is no rule of that name; <see cref="Nearest"/> suggests one.</returns>
    public static RulesExplainResult? Run(RuleSet rules, string name)
    {
        var rule = rules.Rules.FirstOrDefault(rule => rule.Name == name)
            ?? rules.Rules.FirstOrDefault(rule => string.Equals(rule.Name, name, StringComparison.OrdinalIgnoreCase));
        if (rule is null)
        {
            return null;
        }

        var fields = ConditionWarnings.Comparisons(rule.Condition)
            .SelectMany(compare => FieldsOf(compare.Left).Concat(compare.Right is null ? [] : FieldsOf(compare.Right)));
        var text = new StringBuilder();
        Append(text, rule.Condition, 1);
        return new RulesExplainResult(rule, text.ToString().TrimEnd('\n'), [.. fields.Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>The rule whose name is nearest to <paramref name="name"/>.</summary>
    public static string Nearest(RuleSet rules, string name) => EditDistance.Nearest(name, rules.Rules.Select(rule => rule.Name));

    private static IEnumerable<string> FieldsOf(Operand operand) => operand switch
    {
        FieldOperand field => [field.Text],
        TransformOperand call => call.Arguments.SelectMany(FieldsOf),
        ListOperand list => list.Items.SelectMany(FieldsOf),
        _ => [],
    };

    private static void Append(StringBuilder text, Node node, int depth)
    {
        var indent = new string(' ', depth * 2);
        switch (node)
        {
            case AndNode and:
                AppendAll(text, and.Children, "and", depth);
                break;
            case OrNode or:
                AppendAll(text, or.Children, "or", depth);
                break;
            case NotNode { Child: AndNode or OrNode } not:
                text.Append(indent).Append("not\n");
                Append(text, not.Child, depth + 1);
                break;
            default:
                text.Append(indent).Append(ConditionPrinter.Print(node)).Append('\n');
                break;
        }
    }

    private static void AppendAll(StringBuilder text, IReadOnlyList<Node> children, string word, int depth)
    {
        text.Append(new string(' ', depth * 2)).Append(word == "and" ? "all of\n" : "any of\n");
        foreach (var child in children)
        {
            Append(text, child, depth + 1);
        }
    }
}
