using FsCheck;
using FsCheck.Fluent;
using Syscribe.Events;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;
using Syscribe.Rules.Tests.Evaluation;

namespace Syscribe.Rules.Tests;

public sealed class RuleNarrowingTests
{
    private static readonly string[] Classic = ["open", "unlink", "setuid"];

    [Fact]
    public void A_narrowed_condition_holds_for_the_kept_types_as_before_and_for_no_other()
    {
        var (held, gone) = (0, 0);
        Prop.ForAll<int>(seed =>
        {
            var random = new RandomConditions(seed);
            var text = random.Condition(3);
            var node = ConditionParser.Parse(text);
            var kept = new HashSet<string>(["open", "execve", "mmap"]);
            var narrowed = RuleNarrowing.Narrow(node, kept);
            var fields = new SyscallFields();
            for (var i = 0; i < 20; i++)
            {
                var e = random.Event();
                fields.Reset(e);
                var before = Interpreter.Holds(node, fields);
                var expected = kept.Contains(e.Type.ToString()) && before;
                held += expected ? 1 : 0;
                gone += before && !expected ? 1 : 0;
                if ((narrowed is not null && Interpreter.Holds(narrowed, fields)) != expected)
                {
                    throw new InvalidOperationException(
                        $"{e.Type} should be {expected}: {text}\nnarrowed to {(narrowed is null ? "nothing" : ConditionPrinter.Print(narrowed))}");
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        Assert.InRange(held, 300, int.MaxValue);
        Assert.InRange(gone, 300, int.MaxValue);
    }

    [Theory]
    [InlineData("evt.type in (open, openat, openat2) and fd.num >= 0", "evt.type in (open) and fd.num >= 0")]
    [InlineData("evt.type = openat and fd.num >= 0", null)]
    [InlineData("evt.type = openat or evt.type = unlink", "evt.type = unlink")]
    [InlineData("proc.name = x and (evt.type = setuid or evt.type = setresuid)", "proc.name = x and evt.type = setuid")]
    [InlineData("evt.type = open and not evt.type = openat", "evt.type = open")]
    [InlineData("not evt.type in (open, openat)", "evt.type in (open, setuid, unlink) and not evt.type in (open)")]
    [InlineData("evt.type != openat and proc.name = x", "evt.type in (open, setuid, unlink) and proc.name = x")]
    [InlineData("proc.name = x", "evt.type in (open, setuid, unlink) and proc.name = x")]
    [InlineData("evt.type startswith open", "evt.type in (open, setuid, unlink) and evt.type startswith open")]
    [InlineData("not evt.type = openat", "evt.type in (open, setuid, unlink)")]
    public void Other_names_are_taken_out(string condition, string? expected)
    {
        var narrowed = RuleNarrowing.Narrow(ConditionParser.Parse(condition), new HashSet<string>(Classic));

        Assert.Equal(expected, narrowed is null ? null : ConditionPrinter.Print(narrowed));
    }

    [Fact]
    public void The_default_rules_narrowed_name_the_kept_calls_alone_and_keep_their_words()
    {
        var rules = RuleLoader.Load([DefaultRules.Source]).RuleSet!;
        string[] kept = ["execve", "open", "rename", "unlink"];

        var narrowed = RuleNarrowing.Narrow(rules, kept);

        Assert.All(narrowed.Rules, rule => Assert.Subset(new HashSet<string>(kept), new HashSet<string>(rule.EventTypes!)));
        Assert.All(kept, name => Assert.True(narrowed.Names(Utf8.From(name)), name));
        Assert.All((string[])["openat", "openat2", "creat", "execveat", "renameat2", "unlinkat", "connect"], name => Assert.False(narrowed.Names(Utf8.From(name)), name));
        Assert.DoesNotContain("openat", string.Join('\n', narrowed.Rules.Select(rule => rule.ConditionText)), StringComparison.Ordinal);
        Assert.NotEqual(rules.Digest, narrowed.Digest);
        Assert.All(narrowed.Rules, rule => Assert.Equal(rules.Rules.Single(other => other.Name == rule.Name).Output.Text, rule.Output.Text));
        Assert.Contains("Setuid bit set", rules.Rules.Select(rule => rule.Name).Except(narrowed.Rules.Select(rule => rule.Name)));
    }

    [Fact]
    public void Rules_narrowed_to_all_that_they_name_judge_as_before()
    {
        var rules = RuleLoader.Load([DefaultRules.Source]).RuleSet!;

        var narrowed = RuleNarrowing.Narrow(rules, rules.Rules.SelectMany(rule => rule.EventTypes!).Distinct());

        Assert.Equal(rules.Digest, narrowed.Digest);
    }

    [Fact]
    public void A_name_of_no_event_is_refused_with_the_nearest_one()
    {
        var rules = RuleLoader.Load([DefaultRules.Source]).RuleSet!;

        var refused = Assert.Throws<ArgumentException>(() => RuleNarrowing.Narrow(rules, ["opennat"]));

        Assert.Contains("opennat", refused.Message, StringComparison.Ordinal);
        Assert.Contains("openat", refused.Message, StringComparison.Ordinal);
    }
}
