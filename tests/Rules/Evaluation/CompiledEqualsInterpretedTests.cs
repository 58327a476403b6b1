using FsCheck;
using FsCheck.Fluent;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tests.Evaluation;

public sealed class CompiledEqualsInterpretedTests
{
    private const int EventsPerCondition = 20;

    [Fact]
    public void Compiled_conditions_equal_interpreted_ones_on_random_events()
    {
        var truths = 0;
        Prop.ForAll<int>(seed =>
        {
            var random = new RandomConditions(seed);
            var text = random.Condition(3);
            var node = ConditionParser.Parse(text);
            var compiled = new ConditionCompiler(new PredicatePool()).Compile(node);
            var fields = new SyscallFields();
            for (var i = 0; i < EventsPerCondition; i++)
            {
                fields.Reset(random.Event());
                var expected = Interpreter.Holds(node, fields);
                truths += expected ? 1 : 0;
                if (compiled.Test(fields) != expected)
                {
                    throw new InvalidOperationException($"interpreted {expected}, compiled {!expected}: {text}");
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        Assert.InRange(truths, 1000, 19_000);
    }

    [Fact]
    public void Rule_sets_indexed_by_type_and_sharing_parts_equal_interpreted_conditions()
    {
        Prop.ForAll<int>(seed =>
        {
            var random = new RandomConditions(seed);
            var part = random.Condition(1);
            string[] conditions = [.. Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? $"({part}) and {random.Condition(2)}" : $"{random.Condition(2)} or not ({part})")];
            var yaml = string.Concat(conditions.Select((condition, i) => $"- {{rule: r{i}, desc: d, output: o, priority: Debug, condition: '{condition.Replace("'", "''", StringComparison.Ordinal)}'}}\n"));
            var load = RuleLoader.Load([new RuleSource("random.yaml", yaml)], new RuleLoadOptions { Matching = RuleMatching.All });
            Assert.True(load.Errors.Count == 0, string.Join("\n", load.Errors) + yaml);
            var rules = load.RuleSet!;
            var matches = new List<Rule>();
            for (var i = 0; i < EventsPerCondition; i++)
            {
                var e = random.Event();
                var fields = new SyscallFields();
                fields.Reset(e);
                rules.Evaluate(e, matches);
                Assert.Equal(rules.Rules.Where(rule => Interpreter.Holds(rule.Condition, fields)).Select(rule => rule.Name), matches.Select(rule => rule.Name));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Fact]
    public void Printed_conditions_parse_to_what_prints_the_same_and_means_the_same()
    {
        Prop.ForAll<int>(seed =>
        {
            var random = new RandomConditions(seed);
            var node = ConditionParser.Parse(random.Condition(3));
            var printed = ConditionPrinter.Print(node);
            var again = ConditionParser.Parse(printed);
            Assert.Equal(printed, ConditionPrinter.Print(again));
            var fields = new SyscallFields();
            fields.Reset(random.Event());
            Assert.Equal(Interpreter.Holds(node, fields), Interpreter.Holds(again, fields));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
