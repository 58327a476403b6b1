namespace Syscribe.Scenarios.Tests;

/// <summary>Each scenario for real, under live capture and all rules of the Falco project, which prove <c>UPSTREAM.md</c>.</summary>
public sealed class UpstreamDetectionTests(UpstreamDetection detection) : IClassFixture<UpstreamDetection>
{
    private static readonly string[] Noisy = [.. UpstreamCatalog.Rules.Where(rule => rule.Noise is not null).Select(rule => rule.Name)];

    // Of the noisy rules those that work raises, and not the start of a container alone. They ship disabled.
    private static readonly string[] RaisedByWork = ["Container Drift Detected (chmod)", "Create Hidden Files or Directories"];

    // Raised by each container that has the rights which most scenarios need.
    private static readonly string[] ByRights = ["Launch Excessively Capable Container"];

    private static readonly string[] ByLogin =
        ["Polkit Local Privilege Escalation Vulnerability (CVE-2021-4034)", "Sudo Potential Privilege Escalation"];

    public static TheoryData<string> Attacks => Names(scenario => scenario.Category == ScenarioCategory.Attack);

    public static TheoryData<string> BenignWork => Names(scenario => scenario.Category == ScenarioCategory.Benign);

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task An_attack_raises_the_upstream_rules_that_it_names_and_no_others(string name)
    {
        var (result, matches) = await detection.Play(name);

        // Whoever is root by login is not suspected of becoming root.
        Assert.SkipWhen(
            ByLogin.Intersect(ScenarioCatalog.Find(name)!.Upstream).Any() && File.ReadAllText("/proc/self/loginuid") == "0",
            "the rule asks for a login that is not root's (/proc/self/loginuid)");
        var raised = matches.Select(match => match.Rule).ToHashSet();
        var named = ScenarioCatalog.Find(name)!.Upstream;
        Assert.True(raised.IsSupersetOf(named), $"[{string.Join(", ", named.Except(raised))}] is missing; {detection.Describe(result, matches)}");
        Assert.Empty(raised.Except(named).Except(Noisy).Except(ByRights));
    }

    [Theory]
    [MemberData(nameof(BenignWork))]
    public async Task Benign_work_raises_no_upstream_rule_that_ships_enabled(string name) =>
        Assert.Empty((await detection.Play(name)).Matches.Where(match => !RaisedByWork.Contains(match.Rule)).Select(match => match.Rule + ": " + match.Message));

    // What the start of a container raises besides is no part of these.
    [Fact]
    public async Task Benign_work_raises_the_rules_that_ship_disabled_for_their_noise()
    {
        var raised = new HashSet<string>();
        foreach (var name in new[] { "archive-in-container", "version-control" })
            raised.UnionWith((await detection.Play(name)).Matches.Select(match => match.Rule));

        Assert.Equal(RaisedByWork, raised.Order());
        Assert.All(UpstreamCatalog.Rules.Where(rule => RaisedByWork.Contains(rule.Name)), rule => Assert.True(rule.ShipsDisabled));
    }

    private static TheoryData<string> Names(Func<Scenario, bool> which) =>
        [.. ScenarioCatalog.All.Where(which).Select(scenario => scenario.Name)];
}
