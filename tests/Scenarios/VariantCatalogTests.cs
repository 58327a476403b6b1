using Syscribe.Rules;

namespace Syscribe.Scenarios.Tests;

public sealed class VariantCatalogTests
{
    private static readonly RuleSet Full = RuleLoader.Load([DefaultRules.Source]).RuleSet!;

    [Fact]
    public void Names_are_unique_and_taken_by_no_scenario()
    {
        Assert.All(VariantCatalog.All.GroupBy(variant => variant.Name), group =>
        {
            Assert.Single(group);
            Assert.Matches("^[a-z]+(-[a-z]+)*[.][a-z0-9_.]+(-in-container)?$", group.Key);
        });
        Assert.All(VariantCatalog.All, variant => Assert.Null(ScenarioCatalog.Find(variant.Name)));
    }

    [Fact]
    public void Every_intent_has_one_rule_a_trained_call_and_others_of_which_narrowed_rules_know_nothing()
    {
        var narrowed = RuleNarrowing.Narrow(Full, VariantCatalog.TrainedCalls);
        Assert.All(VariantCatalog.All.GroupBy(variant => variant.Intent), intent =>
        {
            var rule = Assert.Single(intent.Select(variant => variant.Rule).Distinct());
            Assert.Contains(intent, variant => variant.IsTrained);
            Assert.All(intent, variant => Assert.Equal(variant.IsTrained, narrowed.Rules.Single(r => r.Name == rule).EventTypes!.Contains(variant.Event)));
        });
        Assert.InRange(VariantCatalog.All.Select(variant => variant.Intent).Distinct().Count(), 25, int.MaxValue);
        Assert.InRange(VariantCatalog.All.Count(variant => !variant.IsTrained), 150, int.MaxValue);
    }

    [Fact]
    public void The_trained_calls_are_those_that_the_default_rules_name_without_their_younger_kin()
    {
        string[] kin =
        [
            "dup3", "execveat", "fchmod", "fchmodat", "finit_module", "linkat", "mkdirat", "openat", "openat2", "renameat", "renameat2",
            "symlinkat", "unlinkat",
        ];

        Assert.Equal(
            Full.Rules.SelectMany(rule => rule.EventTypes!).Distinct().Except(kin).Order(StringComparer.Ordinal),
            VariantCatalog.TrainedCalls.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Traces_are_named_after_the_run_and_descriptions_are_sentences() =>
        Assert.All(VariantCatalog.All, variant =>
        {
            Assert.All(variant.Scenario.Traces, trace => Assert.Contains("syscribe-{id}", trace, StringComparison.Ordinal));
            Assert.Matches("^[A-Z].*[.]$", variant.Scenario.Description);
        });
}
