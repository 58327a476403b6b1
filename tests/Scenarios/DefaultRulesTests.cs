using Syscribe.Rules;

namespace Syscribe.Scenarios.Tests;

public sealed class DefaultRulesTests
{
    [Fact]
    public void They_load_without_error_or_warning()
    {
        var loaded = RuleLoader.Load([DefaultRules.Source]);

        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        Assert.All(loaded.RuleSet!.Rules, rule => Assert.True(rule.Enabled, rule.Name));
    }

    [Fact]
    public void They_load_beside_the_upstream_rules_and_change_none_of_them()
    {
        var upstream = RuleLoader.LoadPaths(Repository.UpstreamRules());
        var together = RuleLoader.LoadPaths([.. Repository.UpstreamRules(), Repository.DefaultRules]);

        Assert.Empty(together.Errors);
        var conditions = together.RuleSet!.Rules.ToDictionary(rule => rule.Name, rule => rule.Condition.ToString());
        Assert.All(upstream.RuleSet!.Rules, rule => Assert.Equal(rule.Condition.ToString(), conditions[rule.Name]));
        Assert.Equal(upstream.RuleCount + RuleLoader.Load([DefaultRules.Source]).RuleCount, together.RuleCount);
    }

    [Fact]
    public void Every_rule_names_its_event_types() =>
        Assert.All(Load(), rule => Assert.NotNull(rule.EventTypes));

    [Fact]
    public void Every_rule_is_tagged_with_its_place_a_tactic_and_a_technique() =>
        Assert.All(Load(), rule =>
        {
            Assert.Contains(rule.Tags, tag => tag is "host" or "container");
            Assert.Contains(rule.Tags, tag => tag.StartsWith("mitre_", StringComparison.Ordinal));
            Assert.Contains(rule.Tags, tag => System.Text.RegularExpressions.Regex.IsMatch(tag, "^T[0-9]{4}([.][0-9]{3})?$"));
        });

    private static IReadOnlyList<Rule> Load() => RuleLoader.Load([DefaultRules.Source]).RuleSet!.Rules;
}
