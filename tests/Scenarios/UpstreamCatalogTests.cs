using System.Text.RegularExpressions;
using Syscribe.Rules;

namespace Syscribe.Scenarios.Tests;

public sealed partial class UpstreamCatalogTests
{
    [Fact]
    public void Every_upstream_rule_is_there_once() =>
        Assert.Equal(
            Repository.UpstreamRules().SelectMany(File.ReadLines).Select(line => Definition().Match(line)).Where(match => match.Success)
                .Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal),
            UpstreamCatalog.Rules.Select(rule => rule.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void At_least_80_are_raised_by_scenarios_that_there_are_and_each_other_has_its_reason()
    {
        Assert.InRange(UpstreamCatalog.Rules.Count(rule => rule.Scenarios.Count > 0), 80, UpstreamCatalog.Rules.Count);
        Assert.All(UpstreamCatalog.Rules, rule => Assert.Equal(rule.NotRaised is null, rule.Scenarios.Count > 0));
        Assert.Empty(UpstreamCatalog.Rules.SelectMany(rule => rule.Scenarios).Except(ScenarioCatalog.All.Select(scenario => scenario.Name)));
    }

    [Fact]
    public void Those_that_ship_disabled_are_said_to()
    {
        var rules = RuleLoader.LoadPaths(Repository.UpstreamRules()).RuleSet!.Rules;
        Assert.Equal(
            rules.Where(rule => !rule.Enabled).Select(rule => rule.Name).Order(StringComparer.Ordinal),
            UpstreamCatalog.Rules.Where(rule => rule.ShipsDisabled).Select(rule => rule.Name).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^- rule: *(.+?) *$")]
    private static partial Regex Definition();
}
