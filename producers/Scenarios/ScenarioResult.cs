namespace Syscribe.Scenarios;

/// <summary>How the playing of a scenario ended.</summary>
public enum ScenarioOutcome
{
    /// <summary>All commands did what they should.</summary>
    Played,

    /// <summary>Something that it needs is missing here; <see cref="ScenarioResult.Reason"/> says what.</summary>
    Skipped,

    /// <summary>A command failed or took too long; <see cref="ScenarioResult.Reason"/> says which and how.</summary>
    Failed,
}

/// <summary>What became of one scenario. An alert belongs to it if it names its rule and lies between the two times.</summary>
/// <param name="Name"><see cref="Scenario.Name"/>.</param>
/// <param name="Rule"><see cref="Scenario.Rule"/>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it was skipped or failed; null where it was played.</param>
/// <param name="StartedNs">Before its first process, nanoseconds since the Unix epoch, UTC.</param>
/// <param name="EndedNs">After its last process and all cleaning up, likewise.</param>
/// <param name="Pids">Process ids, in this process's pid namespace, of the player and of each command that it started; where the container runs already (<see cref="Scenario.InRunning"/>), of the command in it alone.</param>
public sealed record ScenarioResult(
    string Name,
    string? Rule,
    ScenarioOutcome Outcome,
    string? Reason,
    long StartedNs,
    long EndedNs,
    IReadOnlyList<int> Pids);
