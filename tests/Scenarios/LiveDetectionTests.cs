namespace Syscribe.Scenarios.Tests;

/// <summary>Each scenario for real, under live capture and the default rules, where the first matching rule counts.</summary>
public sealed class LiveDetectionTests(Detection detection) : IClassFixture<Detection>
{
    public static TheoryData<string> Attacks => Names(scenario => scenario.Rule is not null);

    public static TheoryData<string> BenignWork => Names(scenario => scenario.Category == ScenarioCategory.Benign);

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task An_attack_raises_its_rule(string name)
    {
        var (result, matches) = await detection.Play(name);

        Assert.True(matches.Any(match => match.Rule == result.Rule),
            detection.Describe(result, matches));
    }

    [Theory]
    [MemberData(nameof(BenignWork))]
    public async Task Benign_work_raises_nothing(string name) =>
        Assert.Empty((await detection.Play(name)).Matches.Select(match => match.Rule + ": " + match.Message));

    private static TheoryData<string> Names(Func<Scenario, bool> which) =>
        [.. ScenarioCatalog.All.Where(which).Select(scenario => scenario.Name)];
}
