using Syscribe.Events;
using Syscribe.Rules.Syntax;
using static Syscribe.Rules.Tests.Conditions;

namespace Syscribe.Rules.Tests.Output;

public sealed class OutputTemplateTests
{
    [Fact]
    public void Fields_keep_their_json_types_and_names_as_written()
    {
        var e = Event("openat", -2, Process("bash", "sshd", "init"), Param("flags", 1, null, "O_RDONLY"));
        e.HasFd = true;
        e.Fd.Num = -1;
        var fields = OutputTemplate.Parse("%proc.aname[2] %evt.arg.flags %fd.num %evt.is_open_read %proc.pid %fd.sip %user.uid %4proc.name %evt.arg[0]").Render(e).Fields;

        Assert.Equal(
            ["evt.arg.flags", "evt.arg[0]", "evt.is_open_read", "evt.time", "fd.num", "fd.sip", "proc.aname[2]", "proc.name", "proc.pid", "user.uid"], fields.Keys);
        Assert.Equal("init", fields["proc.aname[2]"]);
        Assert.Equal("O_RDONLY", fields["evt.arg.flags"]);
        Assert.Equal(-1L, fields["fd.num"]);
        Assert.Equal(true, fields["evt.is_open_read"]);
        Assert.Null(fields["fd.sip"]);
        Assert.Equal(1_700_000_000_123_456_789L, fields["evt.time"]);
        Assert.Equal("bash", fields["proc.name"]);
    }

    [Theory]
    [InlineData("%evt.time", "22:13:20.123456789")]
    [InlineData("%evt.time.s", "22:13:20")]
    [InlineData("%evt.time.iso8601", "2023-11-14T22:13:20.123456789+0000")]
    [InlineData("%evt.datetime", "2023-11-14 22:13:20.123456789")]
    [InlineData("%evt.rawtime", "1700000000123456789")]
    [InlineData("%evt.rawtime.s.%evt.rawtime.ns", "1700000000.123456789")]
    [InlineData("%evt.type %evt.res %evt.rawres %evt.failed", "openat ENOENT -2 true")]
    [InlineData("%proc.pname|%proc.nosuchthing", null)]
    [InlineData("%proc.pname", "<NA>")]
    [InlineData("%8proc.pname|%2proc.name|", "<NA>    |ba|")]
    [InlineData("%proc.name.", "bash.")]
    [InlineData("%proc.name,x", "bash,x")]
    [InlineData("(%proc.name)", "(bash)")]
    [InlineData("*%proc.name", "bash")]
    [InlineData("%toupper(proc.name)", "BASH")]
    [InlineData("%concat(proc.name, \":\", proc.pid)", "bash:10")]
    [InlineData("%evt.args", "name=x(/a/x) flags=1(O_RDONLY) mode=0")]
    [InlineData("%evt.arg.name %evt.rawarg.name %evt.arg.mode", "/a/x x 0")]
    [InlineData("%fd.ip", null)]
    [InlineData("100 %", null)]
    [InlineData("%proc.aname[x]", null)]
    public void Formats(string format, string? expected)
    {
        var e = Event("openat", -2, null, Param("name", null, "x", "/a/x"), Param("flags", 1, null, "O_RDONLY"), Param("mode", 0));
        if (expected is null)
        {
            Assert.Contains("invalid formatting token", Assert.Throws<SyntaxException>(() => OutputTemplate.Parse(format)).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(expected, OutputTemplate.Parse(format).Render(e).Message);
    }

    [Fact]
    public void Control_characters_and_invalid_utf8_become_replacement_characters()
    {
        var e = Event("read", 0, Process() with { Args = [Utf8.From("a\x1b[31m\nb"), Utf8.Copy([0xff, (byte)'c'])] });
        var rendered = OutputTemplate.Parse("%proc.args").Render(e);
        Assert.Equal("a\uFFFD[31m\uFFFDb \uFFFDc", rendered.Message);
        Assert.Equal(rendered.Message, rendered.Fields["proc.args"]);
        Assert.True(Holds("proc.args contains \"\\x1b[31m\\n\"", e));
    }

    [Fact]
    public void Suggested_fields_are_appended_unless_asked_otherwise()
    {
        var yaml = Rule("r", "evt.type = read");
        Assert.EndsWith(" k8s_ns_name=%k8s.ns.name", Load(yaml).RuleSet!.Rules[0].Output.Text, StringComparison.Ordinal);
        Assert.Equal("o", Load(yaml, new RuleLoadOptions { SuggestedOutput = false }).RuleSet!.Rules[0].Output.Text);
    }
}
