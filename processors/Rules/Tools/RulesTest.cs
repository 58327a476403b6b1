using Syscribe.Rules.Fields;
using Syscribe.Rules.Loading;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tools;

/// <summary>One case of a test file.</summary>
/// <param name="File">The test file.</param>
/// <param name="Name">The case's name.</param>
/// <param name="Passed">Whether got is what was expected.</param>
/// <param name="Got"><c>true</c>, <c>false</c> or <c>error</c> of a condition; the matching rules' names of a rule set.</param>
/// <param name="Expected">Likewise.</param>
/// <param name="Error">Why something did not load or compile; empty otherwise.</param>
public sealed record RulesTestCase(string File, string Name, bool Passed, object Got, object Expected, string Error);

/// <summary>What the tests of some files gave.</summary>
/// <param name="Cases">Every case, in order.</param>
public sealed record RulesTestResult(IReadOnlyList<RulesTestCase> Cases)
{
    /// <summary>Whether every case passed.</summary>
    public bool Passed => Cases.All(test => test.Passed);

    /// <summary>Failures with got and expected, then a count.</summary>
    public string ToTable() => string.Concat(Cases.Where(test => !test.Passed).Select(test =>
            $"FAILED {test.File}: {test.Name}\n  expected {Text(test.Expected)}\n  got      {Text(test.Got)}\n{(test.Error.Length > 0 ? $"  {test.Error}\n" : "")}"))
        + $"{Cases.Count(test => test.Passed)} of {Cases.Count} cases passed\n";

    /// <summary>One object with every case.</summary>
    public string ToJson() => ToolJson.Write(new
    {
        passed = Passed,
        cases = Cases.Select(test => new { file = test.File, name = test.Name, passed = test.Passed, got = test.Got, expected = test.Expected, error = test.Error }),
    });

    private static string Text(object value) => value is IEnumerable<string> names ? $"[{string.Join(", ", names)}]" : (string)value;
}

/// <summary>
/// <c>syscribe rules test</c>: a user's own tests of rules. Every rule that matches counts. A rule that is not enabled counts only where
/// a case expects it by name: its condition can be tested, and it disturbs no other case.
/// </summary>
public static class RulesTest
{
    /// <summary>Runs the cases of test files.</summary>
    public static RulesTestResult Run(IEnumerable<string> files) => new([.. files.SelectMany(file => Run(file))]);

    /// <summary>Runs the cases of one test file's text; its rule paths are relative to <paramref name="directory"/>.</summary>
    public static IReadOnlyList<RulesTestCase> Run(RuleSource source, string directory)
    {
        try
        {
            var file = RulesTestFile.Read(source, directory);
            var load = Load(file);
            return [.. file.Cases.Select(test => Run(source.Name, load, test))];
        }
        catch (LoadException e)
        {
            return [new RulesTestCase(source.Name, "(file)", false, "error", "a test file", e.Error.ToString())];
        }
    }

    private static IReadOnlyList<RulesTestCase> Run(string file)
    {
        try
        {
            return Run(new RuleSource(file, File.ReadAllText(file)), Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new RulesTestCase(file, "(file)", false, "error", "a test file", $"cannot read the test file: {e.Message}")];
        }
    }

    private static RuleLoadResult Load(RulesTestFile file)
    {
        var options = new RuleLoadOptions { Matching = RuleMatching.All };
        return file.RulePaths.Count == 0
            ? RuleLoader.Load(file.InlineRules is { } inline ? [inline] : [], options)
            : RuleLoader.LoadPaths(file.RulePaths, options);
    }

    private static RulesTestCase Run(string file, RuleLoadResult load, RulesTestFile.Case test)
    {
        if (test.Condition is not null)
        {
            var (answer, error) = RunCondition(load, test);
            return new RulesTestCase(file, test.Name, answer == test.Expected as string, answer, test.Expected, error);
        }

        if (load.RuleSet is null)
        {
            return new RulesTestCase(file, test.Name, test.Expected is "error", "error", test.Expected, string.Join("; ", load.Errors));
        }

        var expected = test.Expected as IReadOnlyList<string> ?? [];
        var got = Matches(load.RuleSet, test, expected);
        var same = test.Expected is IReadOnlyList<string> && got.Order(StringComparer.Ordinal).SequenceEqual(expected.Distinct().Order(StringComparer.Ordinal));
        var unknown = expected.Where(name => load.RuleSet.Rules.All(rule => rule.Name != name)).ToList();
        var hint = unknown.Count == 0 ? "" : $"there is no rule \"{unknown[0]}\"; did you mean \"{RulesExplain.Nearest(load.RuleSet, unknown[0])}\"?";
        return new RulesTestCase(file, test.Name, same, got, test.Expected, hint);
    }

    private static List<string> Matches(RuleSet rules, RulesTestFile.Case test, IReadOnlyList<string> expected)
    {
        var fields = new FieldBag(test.Fields);
        var matches = new List<Rule>();
        rules.Evaluate(fields, matches);
        var disabled = rules.Rules.Where(rule => !rule.Enabled && expected.Contains(rule.Name) && rule.Predicate.Test(fields));
        return [.. matches.Concat(disabled).OrderBy(rule => rule.Index).Select(rule => rule.Name)];
    }

    private static (string Answer, string Error) RunCondition(RuleLoadResult load, RulesTestFile.Case test)
    {
        if (load.Scope is not { } scope || load.Errors.Count > 0)
        {
            return ("error", string.Join("; ", load.Errors));
        }

        try
        {
            var predicate = scope.Compile(test.Condition ?? "");
            return (predicate.Test(new FieldBag(test.Fields)) ? "true" : "false", "");
        }
        catch (SyntaxException e)
        {
            return ("error", $"condition:1:{e.Position + 1}: {e.Message}");
        }
    }
}
