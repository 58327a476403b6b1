namespace Syscribe.Rules.Tests;

public sealed class UpstreamRulesTests
{
    [Fact]
    public void Upstream_files_load_unchanged()
    {
        var result = RuleLoader.LoadPaths(
            [.. new[] { "falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml" }.Select(name => Path.Combine(Shared.Directory("falco-rules"), name))]);

        Assert.Equal([], result.Errors.Select(error => error.ToString()));
        Assert.Equal((93, 315, 118), (result.RuleCount, result.MacroCount, result.ListCount));
        Assert.Equal(93, result.RuleSet!.Rules.Count);
        Assert.Equal(81, result.RuleSet.Rules.Count(rule => rule.Enabled));
    }

    [Fact]
    public void Default_rules_load_without_a_warning_and_beside_the_upstream_ones()
    {
        var alone = RuleLoader.Load([DefaultRules.Source]);
        Assert.Equal([], alone.Errors.Concat(alone.Warnings).Select(message => message.ToString()));

        var upstream = RuleFiles.Read([Shared.Directory("falco-rules")], out _);
        var together = RuleLoader.Load([.. upstream, DefaultRules.Source]);
        Assert.Equal([], together.Errors.Select(error => error.ToString()));
        Assert.Equal(93 + alone.RuleCount, together.RuleCount);
    }
}
