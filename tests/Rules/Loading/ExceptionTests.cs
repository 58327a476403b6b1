using static Syscribe.Rules.Tests.Conditions;

namespace Syscribe.Rules.Tests.Loading;

public sealed class ExceptionTests
{
    [Fact]
    public void A_single_field_excepts_each_of_its_values()
    {
        var load = Load(Rule("r", "evt.type = open or evt.type = openat", "  exceptions:\n    - {name: e, fields: proc.name, values: [cat, 'my tool']}\n"));
        Assert.Equal(["r"], Matches(load, ("evt.type", "open"), ("proc.name", "vi")));
        Assert.Equal([], Matches(load, ("evt.type", "open"), ("proc.name", "my tool")));
        Assert.Equal("(evt.type = open or evt.type = openat) and not (proc.name in (cat, \"my tool\"))", load.RuleSet!.Rules[0].ConditionText);
    }

    [Fact]
    public void Tuples_except_where_all_of_a_row_holds()
    {
        var load = Load(Rule("r", "evt.type = open", """
              exceptions:
                - name: e
                  fields: [proc.name, fd.name, proc.pname]
                  comps: [=, startswith, in]
                  values:
                    - [cat, /etc, [sh, bash]]
                    - [vi, /tmp, init]
                - name: none
                  fields: [proc.pid]
            """ + "\n"));
        Assert.Equal([], Matches(load, ("evt.type", "open"), ("proc.name", "cat"), ("fd.name", "/etc/x"), ("proc.pname", "bash")));
        Assert.Equal([], Matches(load, ("evt.type", "open"), ("proc.name", "vi"), ("fd.name", "/tmp/x"), ("proc.pname", "init")));
        Assert.Equal(["r"], Matches(load, ("evt.type", "open"), ("proc.name", "cat"), ("fd.name", "/tmp/x"), ("proc.pname", "bash")));
        Assert.Equal(
            "(evt.type = open) and not ((proc.name = cat and fd.name startswith /etc and proc.pname in (sh, bash)) or (proc.name = vi and fd.name startswith /tmp and proc.pname in (init)))",
            load.RuleSet!.Rules[0].ConditionText);
    }

    [Fact]
    public void Values_are_appended_by_a_later_item_and_lists_are_replaced_in_them()
    {
        var load = Load("- list: tools\n  items: [vi, ed]\n" + Rule("r", "evt.type = open", "  exceptions:\n    - {name: e, fields: proc.name, comps: in, values: [cat]}\n")
            + "- rule: r\n  exceptions:\n    - {name: e, values: [tools]}\n    - {name: f, fields: proc.pname, comps: startswith oneof, values: [ssh]}\n  override: {exceptions: append}\n");
        Assert.All(["cat", "vi", "ed"], name => Assert.Equal([], Matches(load, ("evt.type", "open"), ("proc.name", name))));
        Assert.Equal([], Matches(load, ("evt.type", "open"), ("proc.pname", "sshd")));
        Assert.Equal(["r"], Matches(load, ("evt.type", "open"), ("proc.name", "tools")));
    }

    [Theory]
    [InlineData("{fields: proc.name}", "Item has no mapping for key 'name'")]
    [InlineData("{name: e}", "Rule exception 'e' must have 'fields'")]
    [InlineData("{name: e, fields: [proc.name, fd.name], comps: [=]}", "must have equal length, not 2 and 1")]
    [InlineData("{name: e, fields: proc.name, comps: =}", "with a single field it is in, pmatch, intersects")]
    [InlineData("{name: e, fields: [proc.name], comps: [like]}", "'like' is not a supported comparison operator")]
    [InlineData("{name: e, fields: proc.nmae}", "'proc.nmae' is not a supported filter field of exception 'e'; did you mean 'proc.name'?")]
    [InlineData("{name: e, fields: [proc.name, fd.name], values: [[a]]}", "values item must have 2 entries, one per field, not 1 entries")]
    [InlineData("{name: e, fields: [proc.name], values: [a]}", "values item must have 1 entries, one per field, not a scalar")]
    [InlineData("{name: e, fields: proc.name, values: a}", "is not a sequence, but a scalar")]
    public void Wrong_exceptions_are_refused(string exception, string message) =>
        Assert.Contains(message, LoadError(Rule("r", "evt.num = 1", $"  exceptions:\n    - {exception}\n")), StringComparison.Ordinal);

    [Fact]
    public void Names_that_repeat_and_appends_without_values_are_warned_of()
    {
        var twice = Load(Rule("r", "evt.type = open", "  exceptions:\n    - {name: e, fields: proc.name}\n    - {name: e, fields: proc.pname}\n"));
        Assert.Contains(twice.Warnings, warning => warning.Code == "LOAD_EXCEPTION_NAME_NOT_UNIQUE");
        var append = Load(Rule("r", "evt.type = open", "  exceptions:\n    - {name: e, fields: proc.name}\n") + "- rule: r\n  append: true\n  exceptions:\n    - {name: e}\n");
        Assert.Contains(append.Warnings, warning => warning.Code == "LOAD_APPEND_NO_VALUES");
    }
}
