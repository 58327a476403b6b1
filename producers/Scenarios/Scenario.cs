namespace Syscribe.Scenarios;

/// <summary>Where a scenario's commands run.</summary>
public enum ScenarioWhere
{
    /// <summary>As processes of this machine.</summary>
    Host,

    /// <summary>In a fresh runc container with a busybox root file system on overlayfs.</summary>
    Container,
}

/// <summary>What detection should make of a scenario.</summary>
public enum ScenarioCategory
{
    /// <summary>A harmless version of an attack; <see cref="Scenario.Rule"/> should be raised.</summary>
    Attack,

    /// <summary>Ordinary work; nothing should be raised.</summary>
    Benign,
}

/// <summary>
/// One behaviour, as the commands that show it. Texts of commands and traces may hold placeholders:
/// <c>{work}</c> a scratch directory, <c>{id}</c> a text that is unique to this run, <c>{syscalls}</c> the program that
/// makes raw system calls (<c>native/syscalls.c</c>).
/// </summary>
public sealed record Scenario
{
    /// <summary>Unique name, in lower case with hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the default rule that it raises; null for benign work.</summary>
    public string? Rule { get; init; }

    public required ScenarioWhere Where { get; init; }

    public ScenarioCategory Category => Rule is null ? ScenarioCategory.Benign : ScenarioCategory.Attack;

    /// <summary>What it does, in one sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Run one after the other; the first that ends otherwise than allowed makes the scenario fail.</summary>
    public required IReadOnlyList<ScenarioCommand> Commands { get; init; }

    /// <summary>Files or directories outside the scratch directory that it makes on the host; they are removed afterwards.</summary>
    public IReadOnlyList<string> Traces { get; init; } = [];

    /// <summary>Programs of which one must be installed, separated by <c>|</c>, where a script uses what not every machine has.</summary>
    public string? NeedsProgram { get; init; }

    /// <summary>Whether it cannot be played without root's rights. Containers always need them.</summary>
    public bool NeedsRoot { get; init; }
}
