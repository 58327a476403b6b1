using System.Text.Json;
using Syscribe.Rules.Tools;

namespace Syscribe.Rules.Tests.Tools;

public sealed class RulesTestTests
{
    private const string Inline = """
        rules: |
          - list: shells
            items: [bash, sh]
          - macro: exec
            condition: (evt.type = execve)
          - rule: Shell
            desc: a shell
            condition: exec and proc.name in (shells)
            output: shell %proc.name
            priority: Notice
          - rule: Off
            desc: not enabled
            condition: exec
            output: off
            priority: Debug
            enabled: false
        cases:
          - name: a shell matches
            fields: {evt.type: execve, proc.name: bash}
            expect: [Shell]
          - name: another program does not
            fields: {evt.type: execve, proc.name: cat}
            expect: []
          - name: a rule that is off is tested by name only
            fields: {evt.type: execve, proc.name: null}
            expect: [Off]
          - name: a condition with the rules' lists
            fields: {proc.pname: sh, proc.tty: 34816, fd.types: [file, ipv4]}
            condition: proc.pname in (shells) and proc.tty > 0 and fd.types intersects (ipv4)
            expect: true
          - name: a missing field
            fields: {proc.pname: null}
            condition: proc.pname != sh
            expect: false
          - name: an unknown field
            fields: {}
            condition: proc.nmae = sh
            expect: error
        """;

    [Fact]
    public void Conditions_and_rule_sets_are_tested()
    {
        var cases = RulesTest.Run(new RuleSource("t.yaml", Inline), ".");

        Assert.Equal(6, cases.Count);
        Assert.All(cases, test => Assert.True(test.Passed, $"{test.Name}: got {test.Got}: {test.Error}"));
        Assert.Contains("did you mean \"proc.name\"?", cases[5].Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expect: [Shell]", "expect: [Shel]")]
    [InlineData("expect: [Shell]", "expect: []")]
    [InlineData("expect: true", "expect: false")]
    [InlineData("expect: error", "expect: false")]
    [InlineData("proc.name: cat", "proc.name: sh")]
    public void A_wrong_expectation_fails_its_case_and_no_other(string right, string wrong)
    {
        var cases = RulesTest.Run(new RuleSource("t.yaml", Inline.Replace(right, wrong, StringComparison.Ordinal)), ".");
        Assert.Single(cases, test => !test.Passed);
        var result = new RulesTestResult(cases);
        Assert.False(result.Passed);
        Assert.Contains("5 of 6 cases passed", result.ToTable(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_each_case_with_passed_got_and_expected()
    {
        var json = JsonDocument.Parse(new RulesTestResult(RulesTest.Run(new RuleSource("t.yaml", Inline), ".")).ToJson()).RootElement;
        var first = json.GetProperty("cases")[0];
        Assert.True(json.GetProperty("passed").GetBoolean());
        Assert.Equal("a shell matches", first.GetProperty("name").GetString());
        Assert.True(first.GetProperty("passed").GetBoolean());
        Assert.Equal("Shell", first.GetProperty("got")[0].GetString());
        Assert.Equal("Shell", first.GetProperty("expected")[0].GetString());
        Assert.Equal("error", json.GetProperty("cases")[5].GetProperty("got").GetString());
    }

    [Theory]
    [InlineData("cases: [{name: a, fields: {proc.nmae: x}, expect: []}]", "t.yaml:1:28: LOAD_ERR_VALIDATE: case 'a': unknown field \"proc.nmae\"; did you mean \"proc.name\"?")]
    [InlineData("cases: [{name: a, fields: {}}]", "has no 'expect'")]
    [InlineData("cases: [{name: a, fields: {}, condition: x, expect: [a]}]", "'expect' of a condition is true, false or error")]
    [InlineData("- rule: x", "is no single mapping")]
    [InlineData("cases: [", "t.yaml:2:1: LOAD_ERR_YAML_PARSE")]
    public void A_broken_test_file_says_where_and_what_is_allowed(string text, string message)
    {
        var test = Assert.Single(RulesTest.Run(new RuleSource("t.yaml", text), "."));
        Assert.False(test.Passed);
        Assert.Contains(message, test.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_that_do_not_load_fail_every_case_but_the_one_that_expects_it()
    {
        const string Text = """
            rules: |
              - rule: A
            cases:
              - {name: a, fields: {}, expect: []}
              - {name: b, fields: {}, expect: error}
            """;
        var cases = RulesTest.Run(new RuleSource("t.yaml", Text), ".");
        Assert.Equal([false, true], cases.Select(test => test.Passed));
        Assert.Contains("Item has no mapping for key 'condition'", cases[0].Error, StringComparison.Ordinal);
    }
}
