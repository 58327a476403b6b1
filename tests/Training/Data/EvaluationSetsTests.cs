using Syscribe.Rules;
using Syscribe.Training.Data;

namespace Syscribe.Training.Tests.Data;

public sealed class EvaluationSetsTests
{
    private static readonly DataOptions Options = new() { Seed = 3, Test = 300, HoldOut = CallFamilies.DefaultHoldOut };
    private static readonly DataSource Source = new(DefaultRules.Load(), Options);
    private static readonly IReadOnlyDictionary<string, List<Example>> Sets = new EvaluationSets(Source, Options).Make();

    // By a call that the rule names, by its kin, by a name that nobody has: the check must not veto what is meant.
    [Theory]
    [InlineData("seen")]
    [InlineData("unseen")]
    [InlineData("invented")]
    [InlineData("alphabet")]
    public void The_check_allows_nearly_every_alert_that_is_right(string set)
    {
        var positives = Sets[set].Where(example => example.Answer > 0).ToList();

        var vetoed = positives.Where(example => !example.Allowed!.Contains(example.Answer)).ToList();

        Assert.InRange(positives.Count, 100, int.MaxValue);
        Assert.True(vetoed.Count * 100 < positives.Count, string.Join('\n', vetoed.Select(example => $"{example.Rule}: {example.Text}")));
    }

    [Fact]
    public void The_check_allows_no_alert_of_a_rule_that_a_call_it_names_just_misses() =>
        Assert.DoesNotContain(Sets["near-miss"], example => example.Call == example.Origin && Source.Rules.Single(rule => rule.Name == example.Rule).EventTypes!.Contains(example.Call)
            && example.Allowed!.Contains(example.Missed));

    [Fact]
    public void The_check_forbids_most_alerts_of_rules_that_another_call_just_misses() =>
        Assert.InRange(Sets["near-miss-unseen"].Count(example => example.Allowed!.Contains(example.Missed)), 0, Sets["near-miss-unseen"].Count / 4);

    [Fact]
    public void The_unknown_alphabet_is_in_its_own_set_alone()
    {
        // Cyrillic letters in UTF-8, as the rendering escapes them.
        static bool Has(Example example) => example.Text.Contains("\\xd0\\x", StringComparison.Ordinal) || example.Text.Contains("\\xd1\\x", StringComparison.Ordinal);

        Assert.InRange(Sets["alphabet"].Count(Has), Options.Test / 2, Options.Test);
        Assert.DoesNotContain(new DataSource(DefaultRules.Load(), Options with { Examples = 3000 }).Training(), Has);
    }

    [Fact]
    public void A_made_path_holds_no_two_slashes_and_a_process_id_may_be_short()
    {
        var paths = new DataSource(DefaultRules.Load(), Options with { Examples = 6000 }).Training().Where(example => example.Kind == ExampleKind.Positive)
            .Select(example => (example.Rule, Path: TextLine.Parse(example.Text)["path"])).ToList();

        Assert.DoesNotContain(paths, path => path.Rule == "Service account token read by a general tool" && path.Path.Contains("//", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.Path.EndsWith("/kubernetes.io/serviceaccount/token", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.Rule == "Memory of another process opened for writing" && path.Path.Length == "/proc/7/mem".Length);
    }
}
