using System.Globalization;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Loading;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Syscribe.Rules.Tools;

/// <summary>
/// A file of rule tests. <c>rules</c> is a list of paths, relative to the file, or rules inline; each of <c>cases</c> has <c>name</c>, <c>fields</c>,
/// <c>expect</c> and perhaps <c>condition</c>.
/// </summary>
internal sealed class RulesTestFile
{
    private const string Shape = "a test file is a mapping with rules (a list of paths, or text) and cases (a list of name, fields, expect and perhaps condition)";

    /// <summary>A case: <see cref="Expected"/> is true, false or error as text, or a list of rule names.</summary>
    public sealed record Case(string Name, IReadOnlyDictionary<string, object?> Fields, string? Condition, object Expected);

    public IReadOnlyList<string> RulePaths { get; private init; } = [];

    public RuleSource? InlineRules { get; private init; }

    public required IReadOnlyList<Case> Cases { get; init; }

    /// <exception cref="LoadException">The file is no test file; the message says where and why.</exception>
    public static RulesTestFile Read(RuleSource source, string directory)
    {
        var root = new YamlItem(source, Parse(source));
        if (!root.TryNode("cases", out _))
        {
            throw root.Location.Error(LoadCodes.YamlValidate, $"the file has no cases; {Shape}");
        }

        var cases = root.Items("cases").Select((item, i) => ReadCase(source, item, i + 1)).ToList();
        if (root.TryNode("rules", out var rules) && rules is YamlSequenceNode)
        {
            return new RulesTestFile { Cases = cases, RulePaths = [.. root.Texts("rules")!.Select(path => Path.Combine(directory, path.Text))] };
        }

        var inline = root.Optional("rules");
        return new RulesTestFile { Cases = cases, InlineRules = inline is null ? null : new RuleSource($"{source.Name}#rules", inline.Text) };
    }

    private static YamlMappingNode Parse(RuleSource source)
    {
        var stream = YamlText.Parse(source, Shape);
        return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode mapping ? mapping
            : throw new Location(source, 1, 1).Error(LoadCodes.YamlValidate, $"the file is no single mapping; {Shape}");
    }

    private static Case ReadCase(RuleSource source, YamlItem item, int number)
    {
        var name = item.Optional("name")?.Text ?? $"case {number}";
        item.Title = $"case '{name}'";
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (item.TryNode("fields", out var node) && !YamlItem.IsNull(node))
        {
            var mapping = node as YamlMappingNode ?? throw Location.Of(source, node).Error(LoadCodes.YamlValidate, "'fields' is not a mapping of field to value", item.Title);
            foreach (var (key, value) in mapping.Children)
            {
                var field = (key as YamlScalarNode)?.Value ?? "";
                CheckField(Location.Of(source, key), field, item.Title);
                fields[field] = Value(item, value, field);
            }
        }

        var condition = item.Optional("condition")?.Text;
        return new Case(name, fields, condition, ReadExpected(source, item, condition is not null));
    }

    private static void CheckField(Location location, string field, string title)
    {
        var bracket = field.IndexOf('[');
        var argument = bracket > 0 && field.EndsWith(']') ? field[(bracket + 1)..^1].Trim('"', '\'') : null;
        if (!FieldTable.TryResolve(bracket > 0 ? field[..bracket] : field, argument, out _, out var error))
        {
            throw location.Error(LoadCodes.Validate, error, title);
        }
    }

    // Plain scalars have the types that YAML gives them; quoted ones are text.
    private static object? Value(YamlItem item, YamlNode node, string field) => node switch
    {
        YamlScalarNode { Tag: { IsEmpty: false, Value: "tag:yaml.org,2002:binary" }, Value: { } base64 } => Binary(item, base64, field),
        _ when YamlItem.IsNull(node) && node is YamlScalarNode { Value: not "" } => null,
        YamlSequenceNode list => list.Children.Select(child => item.Text(child, field).Text).ToArray(),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "True" } => true,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" or "False" } => false,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } when IsInteger(text, out var number) => number,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw item.Location.Error(LoadCodes.YamlValidate, $"the value of field '{field}' is not a scalar or a list", item.Title),
    };

    private static byte[] Binary(YamlItem item, string base64, string field)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw item.Location.Error(LoadCodes.YamlValidate, $"the !!binary value of field '{field}' is no base64", item.Title);
        }
    }

    // A number that would print differently, as 007, is text.
    private static bool IsInteger(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && number.ToString(CultureInfo.InvariantCulture) == text;

    private static object ReadExpected(RuleSource source, YamlItem item, bool isCondition)
    {
        if (!item.TryNode("expect", out var node))
        {
            throw item.Location.Error(LoadCodes.YamlValidate, "the case has no 'expect': true, false or error with a condition, else a list of rule names or error", item.Title);
        }

        if (!isCondition && node is YamlSequenceNode)
        {
            return item.Texts("expect")!.ConvertAll(name => name.Text);
        }

        var word = (node as YamlScalarNode)?.Value?.ToLowerInvariant();
        return word is "error" || (isCondition && word is "true" or "false") ? word
            : throw Location.Of(source, node).Error(LoadCodes.YamlValidate, isCondition
                ? "'expect' of a condition is true, false or error" : "'expect' of a rule set is a list of rule names, or error", item.Title);
    }
}
