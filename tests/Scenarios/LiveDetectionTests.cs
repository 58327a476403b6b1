namespace Syscribe.Scenarios.Tests;

/// <summary>Each scenario for real, under live capture and the default rules, where the first matching rule counts.</summary>
public sealed class LiveDetectionTests(Detection detection) : IClassFixture<Detection>
{
    public static TheoryData<string> Attacks => Names(ScenarioCategory.Attack);

    public static TheoryData<string> BenignWork => Names(ScenarioCategory.Benign);

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task An_attack_raises_its_rule(string name)
    {
        var (result, matches) = await Play(name);

        Assert.True(matches.Any(match => match.Rule == result.Rule),
            $"{result} with processes {string.Join(' ', result.Pids)} raised [{string.Join(", ", matches.Select(match => match.Rule))}]; "
            + $"in its time: [{detection.Around(result)}]; events dropped since the start: {detection.Dropped}");
    }

    [Theory]
    [MemberData(nameof(BenignWork))]
    public async Task Benign_work_raises_nothing(string name) =>
        Assert.Empty((await Play(name)).Matches.Select(match => match.Rule + ": " + match.Message));

    // Where others put so much load on the machine that events were dropped meanwhile, which is counted, it is played again.
    private async Task<(ScenarioResult Result, IReadOnlyList<Match> Matches)> Play(string name)
    {
        Assert.SkipWhen(detection.Missing is not null, detection.Missing ?? "");
        for (var attempt = 1; ; attempt++)
        {
            var dropped = detection.Dropped;
            var result = await new ScenarioRunner().RunAsync(ScenarioCatalog.Find(name)!, TestContext.Current.CancellationToken);
            Assert.SkipWhen(result.Outcome == ScenarioOutcome.Skipped, result.Reason ?? "");
            Assert.Null(result.Reason);
            var matches = detection.Of(result);
            if (detection.Dropped == dropped || attempt == 5)
                return (result, matches);
        }
    }

    private static TheoryData<string> Names(ScenarioCategory category) =>
        [.. ScenarioCatalog.All.Where(scenario => scenario.Category == category).Select(scenario => scenario.Name)];
}
