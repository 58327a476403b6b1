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
    /// <summary>A harmless version of an attack; <see cref="Scenario.Rule"/> and <see cref="Scenario.Upstream"/> should be raised.</summary>
    Attack,

    /// <summary>Ordinary work; nothing should be raised.</summary>
    Benign,
}

/// <summary>Which capabilities the first process of a scenario's container has.</summary>
public enum ContainerRights
{
    /// <summary>Those of Docker by default.</summary>
    Ordinary,

    /// <summary>Also CAP_NET_ADMIN and CAP_SYS_ADMIN: a network's addresses, namespaces and mounts.</summary>
    Administrator,

    /// <summary>Also CAP_SYS_MODULE.</summary>
    KernelModules,

    /// <summary>
    /// All, as with <c>docker run --privileged</c>: a container of containerd, on its native or usual file system, as only a
    /// container runtime says of a container that it is privileged.
    /// </summary>
    Privileged,
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

    /// <summary>Name of the default rule that it raises; null for benign work and for what only upstream rules name.</summary>
    public string? Rule { get; init; }

    public required ScenarioWhere Where { get; init; }

    /// <summary>Names of the upstream Falco rules that it raises, but for most of the noisy ones (<see cref="UpstreamRule.Noise"/>).</summary>
    public IReadOnlyList<string> Upstream =>
        [.. UpstreamCatalog.Rules.Where(rule => rule.Scenarios.Contains(Name)).Select(rule => rule.Name)];

    public ScenarioCategory Category => Rule is null && Upstream.Count == 0 ? ScenarioCategory.Benign : ScenarioCategory.Attack;

    /// <summary>What it does, in one sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Run one after the other; the first that ends otherwise than allowed makes the scenario fail.</summary>
    public required IReadOnlyList<ScenarioCommand> Commands { get; init; }

    /// <summary>Files or directories outside the scratch directory that it makes on the host; they are removed afterwards.</summary>
    public IReadOnlyList<string> Traces { get; init; } = [];

    /// <summary>Programs of which one must be installed, separated by <c>|</c>, where a script uses what not every machine has.</summary>
    public string? NeedsProgram { get; init; }

    /// <summary>Capabilities of the container. Default Administrator, since most scenarios need one or the other.</summary>
    public ContainerRights Rights { get; init; } = ContainerRights.Administrator;

    /// <summary>Whether the container has a terminal, as with <c>docker run -t</c>.</summary>
    public bool OnTerminal { get; init; }

    /// <summary>Whether the one command is the container's first process itself, and no shell's child, as with <c>docker run IMAGE COMMAND</c>.</summary>
    public bool AsEntryPoint { get; init; }

    /// <summary>
    /// Whether the container runs already when the commands begin, as with <c>docker exec</c>. Its start is no part of the
    /// scenario then.
    /// </summary>
    public bool InRunning { get; init; }

    /// <summary>Whether it cannot be played without root's rights. Containers always need them.</summary>
    public bool NeedsRoot { get; init; }
}
