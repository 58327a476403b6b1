using Syscribe.Rules;
using Syscribe.Training.Data;

namespace Syscribe.Training.Tests.Data;

public sealed class DataSourceTests
{
    private static readonly RuleSet Rules = RuleLoader.Load([DefaultRules.Source]).RuleSet ?? throw new InvalidOperationException("the rules that ship do not load");

    private static readonly DataOptions Held = new() { Seed = 7, Examples = 6000, HoldOut = CallFamilies.DefaultHoldOut };

    [Fact]
    public void Every_rule_has_positives_and_near_misses()
    {
        var examples = new DataSource(Rules, Held).Training().ToList();

        Assert.Equal(Names(), examples.Where(e => e.Kind == ExampleKind.Positive).Select(e => e.Rule).Distinct().Order());
        Assert.Equal(Names(), examples.Where(e => e.Kind == ExampleKind.NearMiss).Select(e => e.Rule).Distinct().Order());
    }

    [Fact]
    public void No_training_example_names_a_call_that_is_held_out()
    {
        var source = new DataSource(Rules, Held);
        var calls = source.Training().Select(e => TextLine.Parse(e.Text)["call"]).Distinct().ToList();

        // A call of the kernel's table may contain another's name, as readlinkat does; an invented one may not.
        var invented = calls.Except(HarmlessCalls.All).Except(source.RegisteredCalls).ToList();

        Assert.True(invented.Count > 1000, $"{invented.Count} invented names");
        foreach (var held in source.Untrained)
        {
            Assert.DoesNotContain(held, calls);
            Assert.DoesNotContain(invented, call => call.Contains(held, StringComparison.Ordinal) || held.Contains(call, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_examples_and_another_one_others()
    {
        var options = Held with { Examples = 500 };

        Assert.Equal(new DataSource(Rules, options).Training(), new DataSource(Rules, options).Training());
        Assert.NotEqual(new DataSource(Rules, options).Training(), new DataSource(Rules, options with { Seed = 8 }).Training());
    }

    [Fact]
    public void Answers_are_those_of_the_rule_engine()
    {
        var source = new DataSource(Rules, Held);
        var sampler = source.NewSampler(new Vocabulary(new Random(3), half: 0));
        var matches = new List<Rule>();
        foreach (var rule in source.Rules)
        {
            var positive = sampler.Positive(rule) ?? throw new InvalidOperationException($"no event for {rule}");
            Rules.Evaluate(positive.Sample.Draft.ToEvent(), matches);

            Assert.Equal([rule], matches);
            Assert.Equal($"{rule.Priority} {rule.Output.Text}", source.Answers.Texts[source.Of(positive.Sample, ExampleKind.Positive, rule.Name).Answer]);
        }
    }

    private static IEnumerable<string> Names() => Rules.Rules.Where(rule => rule.Enabled).Select(rule => rule.Name).Order();
}
