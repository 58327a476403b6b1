using Syscribe.Events;

namespace Syscribe.Rules.Tests;

public sealed class UpstreamRulesTests
{
    [Fact]
    public void Upstream_files_load_unchanged()
    {
        var result = RuleLoader.LoadPaths(
            [.. new[] { "falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml" }.Select(name => Path.Combine(Shared.Directory("falco-rules"), name))]);

        Assert.Equal([], result.Errors.Select(error => error.ToString()));
        Assert.Equal((93, 315, 118), (result.RuleCount, result.MacroCount, result.ListCount));
        Assert.Equal(93, result.RuleSet!.Rules.Count);
        Assert.Equal(81, result.RuleSet.Rules.Count(rule => rule.Enabled));
    }

    // By the change of a macro that UPSTREAM.md offers, since Falco's own holds whatever the mounts.
    [Theory]
    [InlineData("/etc", true)]
    [InlineData("/proc/sys", true)]
    [InlineData("/", true)]
    [InlineData("/etcetera", false)]
    [InlineData("/srv/etc", false)]
    [InlineData(null, false)]
    public void Sensitive_mounts_are_told_from_others_by_the_macro_that_is_offered(string? source, bool raised)
    {
        var page = File.ReadAllText(Path.Combine(Shared.Root, "producers/Scenarios/UPSTREAM.md"));
        var offered = new RuleSource("offered.yaml", page.Split("```yaml\n")[1].Split("```")[0]);
        var load = RuleLoader.Load(
            [.. RuleFiles.Read([Shared.Directory("falco-rules")], out _), offered], new RuleLoadOptions { Matching = RuleMatching.All });
        Assert.Equal([], load.Errors.Select(error => error.ToString()));

        var matches = new List<Rule>();
        load.RuleSet!.Evaluate(FirstProcess(source), matches);

        Assert.Equal(raised, matches.Any(rule => rule.Name == "Launch Sensitive Mount Container"));
        Assert.Contains(matches, rule => rule.Name == "Launch Privileged Container");
    }

    private static SyscallEvent FirstProcess(string? source) => new()
    {
        Seq = 1,
        Type = Utf8.From("execve"),
        Process = new ProcessInfo
        {
            Pid = 100,
            VirtualPid = 1,
            ContainerId = Utf8.From("0123456789ab"),
            Container = new ContainerInfo
            {
                Name = Utf8.From("web"),
                Privileged = true,
                Mounts = source is null ? [] : [new Mount(Utf8.From(source), Utf8.From("/data"), Utf8.Empty, false, Utf8.From("private"))],
            },
        },
    };

    [Fact]
    public void Default_rules_load_without_a_warning_and_beside_the_upstream_ones()
    {
        var alone = RuleLoader.Load([DefaultRules.Source]);
        Assert.Equal([], alone.Errors.Concat(alone.Warnings).Select(message => message.ToString()));

        var upstream = RuleFiles.Read([Shared.Directory("falco-rules")], out _);
        var together = RuleLoader.Load([.. upstream, DefaultRules.Source]);
        Assert.Equal([], together.Errors.Select(error => error.ToString()));
        Assert.Equal(93 + alone.RuleCount, together.RuleCount);
    }
}
