namespace Syscribe.Scenarios;

/// <summary>One rule of the Falco project.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scenarios">Names of the scenarios that raise it; of a noisy rule, which every container raises, one.</param>
public sealed record UpstreamRule(string Name, IReadOnlyList<string> Scenarios)
{
    /// <summary>Why no scenario raises it; null where one does.</summary>
    public string? NotRaised { get; init; }

    /// <summary>What else has to be for the scenarios to raise it; null for nothing.</summary>
    public string? Where { get; init; }

    /// <summary>Whether its file has it switched off: whoever wants it, enables it.</summary>
    public bool ShipsDisabled { get; init; }

    /// <summary>By which ordinary work it is raised too; null for none.</summary>
    public string? Noise { get; init; }
}
