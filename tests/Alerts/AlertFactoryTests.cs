using Syscribe.Events;
using Syscribe.Rules;

namespace Syscribe.Alerts.Tests;

public sealed class AlertFactoryTests
{
    [Fact]
    public void An_alert_carries_the_event_the_rule_and_the_rendered_output()
    {
        var (rules, rule) = Rule("%proc.name wrote %fd.name as %user.uid (%proc.aname[3])");
        var alert = AlertFactory.Create(Event(), rule, rules.Digest);

        Assert.Equal(AlertId.Of(Utf8.From("node-1"), 7, 42, Detector.Rule, "Test", rules.Digest), alert.Id);
        Assert.Equal((5L, 6L, "node-1", 7L, 42L, "openat"), (alert.TimeNs, alert.KtimeNs, alert.Node, alert.Run, alert.Seq, alert.EventType));
        Assert.Equal((Detector.Rule, "Test", AlertPriority.Critical, "syscall", rules.Digest), (alert.Detector, alert.Rule, alert.Priority, alert.Source, alert.Digest));
        Assert.Equal(("3ad7b26145a5", 100L, 1L), (alert.ContainerId, alert.Pid, alert.Count));
        Assert.Equal(["a", "b"], alert.Tags);
        Assert.StartsWith("sh wrote /etc/x\uFFFDy as 0 (<NA>)", alert.Message);
        Assert.Equal("/etc/x\uFFFDy", alert.OutputFields["fd.name"]);
        Assert.Equal(0L, alert.OutputFields["user.uid"]);
        Assert.Null(alert.OutputFields["proc.aname[3]"]);
    }

    [Fact]
    public void An_alert_does_not_change_when_the_event_is_used_again()
    {
        var (rules, rule) = Rule("%fd.name");
        var e = Event();
        var alert = AlertFactory.Create(e, rule, rules.Digest);
        e.Clear();

        Assert.StartsWith("/etc/x", alert.Message);
    }

    [Fact]
    public void The_same_event_gives_the_same_alert_and_other_rules_another_id()
    {
        var (rules, rule) = Rule("%fd.name");
        var (others, other) = Rule("other %fd.name");

        Assert.Equal(AlertFactory.Create(Event(), rule, rules.Digest).Id, AlertFactory.Create(Event(), rule, rules.Digest).Id);
        Assert.NotEqual(AlertFactory.Create(Event(), rule, rules.Digest).Id, AlertFactory.Create(Event(), other, others.Digest).Id);
    }

    [Fact]
    public void What_a_process_chose_is_bounded_in_length()
    {
        var e = Event();
        e.Fd.Name = Utf8.From("/" + new string('x', 100_000));
        var (rules, rule) = Rule("%fd.name");
        var alert = AlertFactory.Create(e, rule, rules.Digest);

        Assert.Equal(AlertFactory.MaxMessageChars, alert.Message.Length);
        Assert.Equal(AlertFactory.MaxFieldChars, ((string)alert.OutputFields["fd.name"]!).Length);
        Assert.EndsWith("\u2026", alert.Message);
    }

    [Fact]
    public void An_event_without_a_process_has_no_pid_and_no_container()
    {
        var e = Event();
        e.Process = null;
        var (rules, rule) = Rule("%proc.name");
        var alert = AlertFactory.Create(e, rule, rules.Digest);

        Assert.Equal((-1L, ""), (alert.Pid, alert.ContainerId));
        Assert.Null(alert.OutputFields["proc.name"]);
    }

    private static SyscallEvent Event()
    {
        var e = new SyscallEvent
        {
            Type = Utf8.From("openat"), Seq = 42, TimeNs = 5, KtimeNs = 6, Node = Utf8.From("node-1"), Run = 7, Return = 3, HasFd = true,
            Process = new ProcessInfo { Pid = 100, Name = Utf8.From("sh"), ContainerId = Utf8.From("3ad7b26145a5") },
        };
        (e.Fd.Num, e.Fd.Type, e.Fd.TypeChar, e.Fd.Name) = (3, Utf8.From("file"), Utf8.From("f"), Utf8.From("/etc/x\u001by"));
        return e;
    }

    private static (RuleSet Rules, Rule Rule) Rule(string output)
    {
        var result = RuleLoader.Load([new RuleSource("t.yaml", $"""
            - rule: Test
              desc: test
              condition: evt.type = openat
              output: "{output}"
              priority: CRITICAL
              tags: [b, a]
            """)], new RuleLoadOptions { SuggestedOutput = false });
        Assert.True(result.IsValid, string.Join('\n', result.Errors));
        return (result.RuleSet!, result.RuleSet!.Rules[0]); // valid
    }
}
