using Syscribe.Scenarios.Staging;

namespace Syscribe.Scenarios.Tests;

/// <summary>Real runs. One at a time, since they are compared with what the machine looked like before.</summary>
public sealed class ScenarioRunnerTests(Runtime runtime) : IClassFixture<Runtime>
{
    public static TheoryData<string> All => [.. ScenarioCatalog.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_scenario_plays_and_leaves_nothing_behind(string name)
    {
        var scenario = ScenarioCatalog.Find(name)!;
        var (before, inRuntime) = (Machine.Look(), scenario.Rights == ContainerRights.Privileged ? runtime.Look() : []);

        var result = await new ScenarioRunner().RunAsync(scenario, TestContext.Current.CancellationToken);

        Assert.SkipWhen(result.Outcome == ScenarioOutcome.Skipped, result.Reason ?? "");
        Assert.Null(result.Reason);
        Assert.Equal(ScenarioOutcome.Played, result.Outcome);
        Assert.Equal(scenario.Rule, result.Rule);
        Assert.NotEmpty(result.Pids);
        Assert.InRange(result.EndedNs - result.StartedNs, 1, 20_000_000_000);
        Machine.AssertNothingNew(before);
        if (scenario.Rights == ContainerRights.Privileged)
            Assert.Equal(inRuntime, runtime.Look());
    }

    [Theory]
    [InlineData("processes", 40)]
    [InlineData("processes", 120)]
    [InlineData("processes-in-container", 60)]
    [InlineData("processes-in-container", 100)]
    [InlineData("processes-in-container", 140)]
    [InlineData("processes-in-container", 180)]
    [InlineData("container-terminal", 60)]
    [InlineData("container-terminal", 120)]
    [InlineData("container-terminal", 180)]
    [InlineData("privileged-container", 150)]
    [InlineData("privileged-container", 400)]
    [InlineData("privileged-container", 700)]
    [InlineData("privileged-container", 1000)]
    [InlineData("privileged-container", 1300)]
    [InlineData("privileged-container", 1600)]
    [InlineData("privileged-container", 1900)]
    public async Task A_scenario_that_takes_too_long_is_killed_and_cleaned_up(string name, int limitMs)
    {
        var scenario = ScenarioCatalog.Find(name)!;
        Assert.SkipWhen(Prerequisites.Missing(scenario) is not null, Prerequisites.Missing(scenario) ?? "");
        var (before, inRuntime) = (Machine.Look(), runtime.Look());

        var result = await new ScenarioRunner(TimeSpan.FromMilliseconds(limitMs)).RunAsync(scenario, TestContext.Current.CancellationToken);

        // A fast machine may be done in time: then there is nothing to kill, and still nothing may be left.
        if (result.Outcome == ScenarioOutcome.Failed)
            Assert.Contains("was killed", result.Reason, StringComparison.Ordinal);
        Machine.AssertNothingNew(before);
        Assert.Equal(inRuntime, runtime.Look());
    }

    [Fact]
    public async Task A_cancelled_run_is_cleaned_up()
    {
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var before = Machine.Look();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ScenarioRunner().RunAsync(ScenarioCatalog.Find("processes")!, cancelled.Token));

        Machine.AssertNothingNew(before);
    }

    [Fact]
    public async Task A_scenario_whose_program_is_missing_is_skipped_with_the_reason()
    {
        var scenario = ScenarioCatalog.Find("package-query")! with { Commands = [ScenarioCommand.Installed("no-such-program")] };

        var result = await new ScenarioRunner().RunAsync(scenario, TestContext.Current.CancellationToken);

        Assert.Equal(ScenarioOutcome.Skipped, result.Outcome);
        Assert.Equal("the program no-such-program is not installed", result.Reason);
        Assert.Empty(result.Pids);
    }

    [Fact]
    public async Task Scenarios_that_need_root_are_skipped_without_it()
    {
        Assert.SkipWhen(Prerequisites.IsRoot, "runs as root");

        var result = await new ScenarioRunner().RunAsync(ScenarioCatalog.Find("secret-read")!, TestContext.Current.CancellationToken);

        Assert.Equal("needs root; run with sudo", result.Reason);
    }

    [Fact]
    public void What_a_killed_runner_left_is_removed_by_the_next_one()
    {
        var before = Machine.Look();
        var stage = Stage.Create();
        File.WriteAllText(Path.Combine(stage.Directory, "owner"), int.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var trace = Path.Combine(Path.GetTempPath(), "syscribe-" + stage.Id);
        stage.NoteTrace(trace);
        File.WriteAllText(trace, "");
        if (Prerequisites.IsRoot)
            Assert.Equal(0, NativeMethods.Mount("tmpfs", stage.Work, "tmpfs", 0, ""));

        Stage.RemoveStale();

        Assert.False(File.Exists(trace));
        Machine.AssertNothingNew(before);
    }
}
