using Syscribe.Inference.Suspects;
using Syscribe.Inference.Tests.Support;
using Syscribe.Rules;
using static Syscribe.Inference.Tests.Support.Samples;

namespace Syscribe.Inference.Tests.Suspects;

public sealed class AnswerCheckTests
{
    private const string Shadow = """
        - rule: Shadow read
          desc: test
          condition: evt.type in (open, openat) and fd.name = /etc/shadow and not proc.name in (sudo)
          output: Shadow read
          priority: WARNING
        """;

    [Theory]
    [InlineData("openat", "cat", "/etc/shadow", true)]
    [InlineData("openat", "cat", "/etc/hosts", false)] // the rule names the call and has judged it
    [InlineData("openat9", "cat", "/etc/shadow", true)]
    [InlineData("openat9", "cat", "/etc/hosts", false)]
    [InlineData("openat9", "sudo", "/etc/shadow", false)]
    public void An_event_allows_what_the_rule_would_hold_for_had_it_named_the_call(string call, string program, string path, bool allowed)
    {
        var e = Open(path, Process(program));
        e.Type = U(call);

        Assert.Equal(allowed, Check(Shadow).Allowed(e).Contains(1));
    }

    [Fact]
    public void An_exception_that_a_user_adds_and_a_rule_that_he_disables_hold_for_the_model_too()
    {
        var e = Open("/etc/shadow", Process("backup"));
        e.Type = U("openat9");

        Assert.Equal([1], Check(Shadow).Allowed(e));
        Assert.Empty(Check(Shadow + "\n- rule: Shadow read\n  condition: and not proc.name = backup\n  override: {condition: append}").Allowed(e));
        Assert.Empty(Check(Shadow + "\n- rule: Shadow read\n  enabled: false\n  override: {enabled: replace}").Allowed(e));
    }

    [Fact]
    public void An_answer_of_no_rule_in_force_is_always_allowed_and_said_to_be_unchecked()
    {
        var check = new AnswerCheck(TestRules.Opens, KnownAnswers.Parse(["NONE", "Warning Shadow read", "Notice Other"], [new("", []), new("Shadow read", []), new("Other", [])]));

        Assert.Equal([1, 2], check.Unchecked);
        Assert.Equal([1, 2], check.Allowed(Open("/etc/hosts")));
    }

    [Fact]
    public void The_default_rules_check_all_that_they_teach()
    {
        var answers = KnownAnswers.From(TestRules.Default);
        var check = new AnswerCheck(TestRules.Default, answers);
        var (shadow, hosts) = (Open("/etc/shadow"), Open("/etc/hosts"));
        (shadow.Type, hosts.Type) = (U("openat9"), U("openat9"));

        Assert.Empty(check.Unchecked);
        Assert.Contains("Secret file read by an unexpected program", check.Allowed(shadow).Except(check.Allowed(hosts)).Select(answer => answers.Alert(answer)!.Rule));
    }

    private static AnswerCheck Check(string rules)
    {
        var loaded = RuleLoader.Load([new RuleSource("test.yaml", rules)]);
        var set = loaded.RuleSet ?? throw new InvalidOperationException(string.Join('\n', loaded.Errors));
        return new AnswerCheck(set, KnownAnswers.Parse(["NONE", "Warning Shadow read"], [new("", []), new("Shadow read", [])]));
    }
}
