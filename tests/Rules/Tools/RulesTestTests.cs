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
    [InlineData("{proc.args: -a b, proc.env: A=1 B=2}", "proc.args[1] = b and proc.env[B] = 2 and proc.env[C] = \"\" and evt.dir = < and evt.source = syscall", "true")]
    [InlineData("{}", "proc.args[1] = \"\" or proc.env[B] exists", "false")]
    [InlineData("{fd.type: ipv4, fd.cip: 10.0.0.1, fd.sip: 1.2.3.4, fd.sport: 53}", "fd.ip = 1.2.3.4 and fd.net = 10.0.0.0/8 and fd.port = domain and fd.cnet in (10.0.0.0/8)", "true")]
    [InlineData("{fd.ip: 10.0.0.1, fd.port: 80}", "fd.ip = 10.0.0.1 and fd.port = http and fd.ip != 1.1.1.1", "true")]
    [InlineData("{fd.type: file}", "fd.ip != 1.1.1.1", "false")]
    [InlineData("{proc.name: 22, proc.pid: '7', evt.is_open_read: 'true'}", "proc.name = 22 and proc.pid = 7 and evt.is_open_read = true", "true")]
    [InlineData("{evt.buffer: !!binary yv66vg==}", "evt.buffer bcontains febabe", "true")]
    [InlineData("{proc.aname: [a, b], 'proc.aname[1]': a}", "proc.aname = b and proc.aname != b and proc.aname[1] = a and proc.aname[2] = b", "true")]
    public void Fields_in_yaml_mean_what_they_say(string fields, string condition, string expect)
    {
        var text = $"cases:\n  - {{name: c, fields: {fields}, condition: '{condition}', expect: {expect}}}\n";
        Assert.All(RulesTest.Run(new RuleSource("t.yaml", text), "."), test => Assert.True(test.Passed, test.Error));
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
