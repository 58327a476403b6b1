using System.Text.RegularExpressions;

namespace Syscribe.Scenarios.Tests;

public sealed partial class ScenarioCatalogTests
{
    private static readonly IReadOnlyList<string> Rules = Names(Repository.DefaultRules, "rule");

    [Fact]
    public void Names_are_unique_and_easy_to_type() =>
        Assert.All(
            ScenarioCatalog.All.GroupBy(scenario => scenario.Name),
            group =>
            {
                Assert.Single(group);
                Assert.Matches("^[a-z]+(-[a-z]+)*$", group.Key);
            });

    [Fact]
    public void Every_scenario_names_a_default_rule() =>
        Assert.Empty(ScenarioCatalog.All.Where(scenario => scenario.Rule is not null).Select(scenario => scenario.Rule!).Except(Rules));

    [Fact]
    public void Every_default_rule_has_a_scenario() =>
        Assert.Empty(Rules.Except(ScenarioCatalog.All.Select(scenario => scenario.Rule!)));

    [Fact]
    public void There_are_enough_attacks_in_both_places_and_benign_work()
    {
        int Count(ScenarioCategory category, ScenarioWhere where) =>
            ScenarioCatalog.All.Count(scenario => scenario.Category == category && scenario.Where == where);

        Assert.InRange(Count(ScenarioCategory.Attack, ScenarioWhere.Host), 30, int.MaxValue);
        Assert.InRange(Count(ScenarioCategory.Attack, ScenarioWhere.Container), 30, int.MaxValue);
        Assert.InRange(Count(ScenarioCategory.Benign, ScenarioWhere.Host), 5, int.MaxValue);
        Assert.InRange(Count(ScenarioCategory.Benign, ScenarioWhere.Container), 5, int.MaxValue);
    }

    // What raises nothing and is no ordinary work was forgotten in the table of upstream rules.
    [Fact]
    public void Benign_work_is_all_in_one_place() =>
        Assert.All(
            ScenarioCatalog.All.SkipWhile(scenario => scenario.Category == ScenarioCategory.Attack),
            scenario => Assert.Equal(ScenarioCategory.Benign, scenario.Category));

    [Fact]
    public void Descriptions_are_sentences() =>
        Assert.All(ScenarioCatalog.All, scenario => Assert.Matches("^[A-Z].*[.]$", scenario.Description));

    [Fact]
    public void What_is_made_outside_the_scratch_directory_is_named_after_the_run() =>
        Assert.All(ScenarioCatalog.All.SelectMany(scenario => scenario.Traces), trace => Assert.Contains("syscribe-{id}", trace, StringComparison.Ordinal));

    [Theory]
    [InlineData("rule")]
    [InlineData("macro")]
    [InlineData("list")]
    public void No_name_of_ours_is_taken_by_the_upstream_rules(string kind) =>
        Assert.Empty(Names(Repository.DefaultRules, kind).Intersect(Repository.UpstreamRules().SelectMany(file => Names(file, kind))));

    // List names are replaced as text in every loaded file, so one that occurs anywhere upstream would change those rules.
    [Fact]
    public void No_list_name_of_ours_is_a_word_in_the_upstream_rules()
    {
        var upstream = string.Join('\n', Repository.UpstreamRules().Select(File.ReadAllText));
        Assert.All(Names(Repository.DefaultRules, "list"), list => Assert.DoesNotMatch($@"(?<![\w.-]){list}(?![\w.-])", upstream));
    }

    private static List<string> Names(string file, string kind) =>
        [.. File.ReadLines(file).Select(line => Definition().Match(line))
            .Where(match => match.Success && match.Groups["kind"].Value == kind)
            .Select(match => match.Groups["name"].Value.Trim())];

    [GeneratedRegex("^- (?<kind>rule|macro|list): (?<name>.+)$")]
    private static partial Regex Definition();
}
