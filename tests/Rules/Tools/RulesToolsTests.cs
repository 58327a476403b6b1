using System.Text.Json;
using Syscribe.Events;
using Syscribe.Rules.Tools;

namespace Syscribe.Rules.Tests.Tools;

public sealed class RulesToolsTests
{
    [Fact]
    public void Check_counts_what_upstream_files_hold()
    {
        var result = RulesCheck.Run([Shared.Directory("falco-rules")]);

        Assert.True(result.Passed, result.ToTable());
        Assert.Equal((93, 81, 315, 118), (result.Rules, result.EnabledRules, result.Macros, result.Lists));
        Assert.Contains("execve", result.SystemCalls);
        Assert.DoesNotContain("read", result.SystemCalls);
        Assert.Equal(93, JsonDocument.Parse(result.ToJson()).RootElement.GetProperty("rules").GetInt32());
    }

    [Fact]
    public void Check_names_a_file_that_cannot_be_read()
    {
        var result = RulesCheck.Run(["no-such-file.yaml"]);
        Assert.False(result.Passed);
        Assert.Contains("no-such-file.yaml: LOAD_ERR_FILE_READ: cannot read the rule file", result.ToTable(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_show_every_field_operator_and_system_call()
    {
        Assert.Contains(RulesList.Fields().Rows, row => row[0] == "proc.aname" && row[1] == "string, list" && row[3].Length > 10);
        Assert.All(RulesList.Fields().Rows, row => Assert.EndsWith(".", row[3], StringComparison.Ordinal));
        Assert.Equal(22, RulesList.Operators().Rows.Count);
        Assert.Contains(RulesList.SystemCalls().Rows, row => row[0] == "openat2");
        Assert.Contains("io_uring.openat", RulesList.SystemCalls().ToTable(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Array, JsonDocument.Parse(RulesList.Operators().ToJson()).RootElement.ValueKind);
    }

    [Fact]
    public void Explain_replaces_macros_and_lists()
    {
        var rules = RuleLoader.Load([new RuleSource("r.yaml", """
            - list: shells
              items: [bash, sh]
            - macro: exec
              condition: (evt.type in (execve, execveat))
            - rule: Shell
              desc: A shell.
              condition: exec and proc.name in (shells) and not (proc.pname = sshd or proc.pname = login)
              output: shell %proc.name
              priority: Notice
              tags: [b, a]
            """)]).RuleSet!;
        var explained = RulesExplain.Run(rules, "shell")!;

        Assert.Equal(["evt.type", "proc.name", "proc.pname"], explained.Fields);
        Assert.Equal(
            "  all of\n    evt.type in (execve, execveat)\n    proc.name in (bash, sh)\n    not\n      any of\n        proc.pname = sshd\n        proc.pname = login",
            explained.Condition);
        Assert.Contains("tags:      a, b", explained.ToTable(), StringComparison.Ordinal);
        Assert.Contains("events:    execve, execveat", explained.ToTable(), StringComparison.Ordinal);
        Assert.Equal("Notice", JsonDocument.Parse(explained.ToJson()).RootElement.GetProperty("priority").GetString());
        Assert.Null(RulesExplain.Run(rules, "Shall"));
        Assert.Equal("Shell", RulesExplain.Nearest(rules, "Shall"));
        Assert.True(rules.Names(Utf8.From("execve")));
        Assert.False(rules.Names(Utf8.From("openat")));
    }
}
