using Syscribe.Inference.Suspects;
using Syscribe.Inference.Tests.Support;
using Syscribe.Rules;

namespace Syscribe.Inference.Tests.Suspects;

public sealed class KnownAnswersTests
{
    [Fact]
    public void An_alert_s_placeholders_are_filled_from_the_event()
    {
        var answers = KnownAnswers.Parse(["NONE", "Critical Shell opened (%proc.name reads %fd.name)"], [new("", []), new("Shell", ["T1059", "host"])]);

        var alert = answers.Alert(1);

        Assert.Null(answers.Alert(0));
        Assert.Equal(("Shell", Priority.Critical), (alert?.Rule, alert!.Priority));
        Assert.Equal(["T1059", "host"], alert.Tags);
        Assert.Equal("Shell opened (cat reads /etc/shadow)", alert.Output.Render(Samples.Open()).Message);
    }

    [Fact]
    public void Without_rule_names_the_output_is_the_name() =>
        Assert.Equal("File read", KnownAnswers.Parse(["NONE", "Warning File read"], []).Alert(1)!.Rule);

    [Fact]
    public void The_default_rules_teach_an_answer_each()
    {
        var rules = TestRules.Default;

        var answers = KnownAnswers.From(rules);

        Assert.Equal(KnownAnswers.Harmless, answers.Texts[0]);
        Assert.InRange(answers.Texts.Count, 25, rules.Rules.Count + 1);
        Assert.Equal(answers.Texts.Count, answers.Texts.Distinct().Count());
        foreach (var (text, taught) in answers.Texts.Zip(answers.Rules).Skip(1))
        {
            var rule = rules.Rules.Single(rule => rule.Name == taught.Name);
            Assert.Equal(rule.Tags, taught.Tags);
            Assert.Equal($"{rule.Priority} {rule.Output.Text}", text);
        }

        Assert.Equal(answers.Texts, KnownAnswers.Parse(answers.Texts, answers.Rules).Texts);
    }

    [Theory]
    [InlineData("the first NONE", "Critical x", "NONE")]
    [InlineData("does not start with a priority", "NONE", "Terrible x")]
    [InlineData("does not start with a priority", "NONE", "2 x")]
    [InlineData("does not start with a priority", "NONE", "Critical")]
    [InlineData("no.such.field", "NONE", "Critical %no.such.field")]
    [InlineData("two or more", "NONE")]
    public void Answers_of_another_form_are_refused(string why, params string[] texts) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => KnownAnswers.Parse(texts, [])).Message, StringComparison.Ordinal);

    [Fact]
    public void As_many_rules_as_answers_or_none() =>
        Assert.Contains("2 known answers and 1 rules", Assert.Throws<FormatException>(
            () => KnownAnswers.Parse(["NONE", "Critical x"], [new("x", [])])).Message, StringComparison.Ordinal);
}
