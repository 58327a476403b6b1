using FsCheck;
using FsCheck.Fluent;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tests.Loading;

public sealed class FuzzTests
{
    private static readonly string[] Tokens =
        ["a.b", "proc.name", "fd.ip", "evt.type", "(", ")", "[", "]", "and", "or", "not", "in", "=", "!=", "<", "contains", "regex", "glob", "pmatch", "exists", "oneof", "val(", "len(", "concat(", ",", "\"", "'", "\\", "x", "0x1", "-1", " ", "\n", "\0", "\u00e4", "open", "127.0.0.1/8", "%", "*"];

    private static readonly string[] Lines =
        ["- rule: r", "- macro: m", "- list: l", "  condition: m", "  condition: evt.type=open", "  items: [a, l]", "  output: '%proc.name'", "  desc: d", "  priority: Info", "  append: true", "  override: {condition: append}", "  enabled: no", "  exceptions: [{name: e, fields: proc.name, values: [a]}]", "  tags: [a", "---", "- ", "\t", "  ? x", "&a *a", "- required_engine_version: 3", "  source: x", "- required_plugin_versions: [{}]", "  output: '%'"];

    [Fact]
    public void No_text_makes_the_parser_or_the_compiler_fail_in_another_way_than_by_a_syntax_error() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var text = string.Join(random.Next(2) == 0 ? " " : "", Enumerable.Range(0, random.Next(1, 14)).Select(_ => Tokens[random.Next(Tokens.Length)]));
        try
        {
            new ConditionCompiler(new PredicatePool()).Compile(ConditionParser.Parse(text));
        }
        catch (SyntaxException e)
        {
            Assert.InRange(e.Position, 0, text.Length);
        }

        try
        {
            OutputTemplate.Parse("%" + text);
        }
        catch (SyntaxException)
        {
            // The one way to fail.
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void No_file_makes_the_loader_throw() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var text = string.Join('\n', Enumerable.Range(0, random.Next(1, 12)).Select(_ => Lines[random.Next(Lines.Length)]));
        var result = RuleLoader.Load([new RuleSource("a.yaml", text)]);
        Assert.Equal(result.RuleSet is null, result.Errors.Count > 0);
        Assert.All(result.Errors, error => Assert.True(error.Line > 0, error.ToString()));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
}
