using FsCheck;
using FsCheck.Fluent;
using Syscribe.Events;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;
using Syscribe.Rules.Tests.Evaluation;

namespace Syscribe.Rules.Tests;

public sealed class RuleWideningTests
{
    [Fact]
    public void What_a_condition_holds_for_the_widened_one_holds_for_by_any_call()
    {
        var (held, gone) = (0, 0);
        Prop.ForAll<int>(seed =>
        {
            var random = new RandomConditions(seed);
            var text = random.Condition(3);
            var node = ConditionParser.Parse(text);
            var widened = RuleWidening.Widen(node);
            var fields = new SyscallFields();
            for (var i = 0; i < 20; i++)
            {
                var e = random.Event();
                if (e.Params.Any(one => one.Name == Utf8.From("path")) && !e.Params.Any(one => one.Name == Utf8.From("name")))
                {
                    continue; // Its path is what a rule's name would be compared with, where it had none before.
                }

                fields.Reset(e);
                var before = Interpreter.Holds(node, fields);
                e.Type = Utf8.From("openat9");
                fields.Reset(e);
                var after = Interpreter.Holds(widened, fields);
                held += before ? 1 : 0;
                gone += after ? 0 : 1;
                if (before && !after)
                {
                    throw new InvalidOperationException($"should hold by another call: {text}\nwidened to {ConditionPrinter.Print(widened)}");
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        Assert.InRange(held, 1000, int.MaxValue);
        Assert.InRange(gone, 1000, int.MaxValue);
    }

    [Theory]
    [InlineData("evt.type = open and proc.name = cat", "proc.name = cat")]
    [InlineData("evt.type = open or proc.name = cat", "evt.source exists")]
    [InlineData("not (evt.type = open or proc.name = cat)", "not proc.name = cat")]
    [InlineData("evt.is_open_read = true and evt.arg[1] = x", "evt.source exists")]
    [InlineData("proc.name exists", "proc.name exists")]
    [InlineData("proc.env contains LD_AUDIT", "proc.env contains LD_AUDIT")]
    [InlineData("fd.name exists", "evt.source exists")]
    [InlineData("fd.type = file", "(fd.type = file or not fd.type exists)")]
    [InlineData("not fd.type = file", "(not fd.type = file or not fd.type exists)")]
    [InlineData("evt.arg.mode contains S_ISUID", "(evt.arg.mode contains S_ISUID or (not evt.arg.mode exists or evt.arg.mode regex -?[0-9]+))")]
    [InlineData("evt.arg.mode = 5", "(evt.arg.mode = 5 or not evt.arg.mode exists)")]
    [InlineData("fd.num >= 0", "(fd.num >= 0 or (not fd.num exists or fd.num < 0))")]
    public void What_follows_from_the_call_s_name_is_left_out_and_what_it_does_not_tell_is_forgiven(string condition, string expected)
    {
        var widened = ConditionPrinter.Print(RuleWidening.Widen(ConditionParser.Parse(condition)));

        Assert.Equal(ConditionPrinter.Print(ConditionParser.Parse(expected)), widened);
    }

    // An event that tells of its paths under other names is not silent on a rule's.
    [Theory]
    [InlineData("fd.name = /a", "", true)]
    [InlineData("fd.name = /a", "pathname", true)]
    [InlineData("fd.name = /a", "path", false)]
    [InlineData("fd.name = /a", "newpath", false)]
    [InlineData("fd.filename = a", "pathname", true)]
    [InlineData("fd.filename = a", "path", false)]
    [InlineData("evt.arg.path = /a", "name", false)]
    [InlineData("evt.arg.path = /b", "name", true)]
    [InlineData("not evt.arg.path = /b", "name", false)]
    [InlineData("not evt.arg.path = /a", "name", true)]
    [InlineData("basename(evt.arg.path) = a", "filename", false)]
    [InlineData("basename(evt.arg.path) = b", "filename", true)]
    [InlineData("evt.arg.path = /a", "pathname", true)]
    [InlineData("evt.arg.path = /a", "oldpath", false)]
    [InlineData("evt.arg.linkpath = /a", "newpath", false)]
    [InlineData("evt.arg.linkpath = /a", "flags", true)]
    public void A_path_is_missing_where_the_event_tells_of_none_by_any_name(string condition, string parameter, bool holds)
    {
        var e = new SyscallEvent { Type = Utf8.From("unlinkat9") };
        if (parameter.Length > 0)
        {
            e.Params.Add(new Param(Utf8.From(parameter), null, Utf8.From("/b"), default));
        }

        var fields = new SyscallFields();
        fields.Reset(e);

        Assert.Equal(holds, Interpreter.Holds(RuleWidening.Widen(ConditionParser.Parse(condition)), fields));
    }

    // io_uring names the file that it is about to open, which is no open file yet.
    [Theory]
    [InlineData("/b", true)]
    [InlineData("", false)]
    public void A_file_s_name_may_be_known_though_the_file_is_not_open(string name, bool holds)
    {
        var e = new SyscallEvent { Type = Utf8.From("io_uring.openat9"), HasFd = true };
        e.Fd.Name = Utf8.From(name);
        e.Params.Add(new Param(Utf8.From("name"), null, Utf8.From("/b"), default));
        var fields = new SyscallFields();
        fields.Reset(e);

        Assert.Equal(holds, Interpreter.Holds(RuleWidening.Widen(ConditionParser.Parse("fd.filename = a")), fields));
    }

    [Fact]
    public void For_the_calls_that_it_names_a_widened_rule_is_the_rule_and_all_that_hold_are_told()
    {
        var rules = RuleLoader.Load([new RuleSource("test.yaml", """
            - rule: One
              desc: test
              condition: evt.type = open and fd.name = /a
              output: one
              priority: WARNING
            - rule: Two
              desc: test
              condition: evt.type = unlink
              output: two
              priority: WARNING
            - rule: Off
              desc: test
              condition: evt.type = unlink
              output: off
              priority: WARNING
              enabled: false
            """)]).RuleSet!;
        var widened = RuleWidening.Widen(rules);

        Assert.Equal(["Two"], Names(widened, "open", "/b"));
        Assert.Equal(["One", "Two"], Names(widened, "open", "/a"));
        Assert.Equal(["Two"], Names(widened, "unlink", "/b"));
        Assert.Equal(["Two"], Names(widened, "openat9", "/b"));
        Assert.Equal(["One", "Two"], Names(widened, "openat9", "/a"));
    }

    private static IEnumerable<string> Names(RuleSet rules, string call, string path)
    {
        var e = new SyscallEvent { Type = Utf8.From(call), HasFd = true };
        e.Fd.Name = Utf8.From(path);
        var matches = new List<Rule>();
        rules.Evaluate(e, matches);
        return matches.Select(rule => rule.Name);
    }
}
