using Syscribe.Local.Model;

namespace Syscribe.Local.View;

/// <summary>What a view shows of the run at one moment. Counts are since the start.</summary>
public sealed record Snapshot
{
    /// <summary>Time since the start.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Events per second published since the last snapshot.</summary>
    public required double EventsPerSecond { get; init; }

    public required long Captured { get; init; }

    public required long Published { get; init; }

    public required long Consumed { get; init; }

    /// <summary>Drops by cause, causes with none included.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    public required long Alerts { get; init; }

    /// <summary>Records in dead-letter topics.</summary>
    public required long DeadLetters { get; init; }

    public required int ScenariosPlayed { get; init; }

    public required int ScenariosTotal { get; init; }

    /// <summary>What the model does; null where the rules judge alone.</summary>
    public InferenceReport? Inference { get; init; }

    /// <summary>Prompt and answer tokens computed per second since the last snapshot.</summary>
    public (double Prefill, double Decode) TokensPerSecond { get; init; }

    /// <summary>Resident memory of this process, bytes.</summary>
    public required long ResidentBytes { get; init; }
}
