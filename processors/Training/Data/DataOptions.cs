namespace Syscribe.Training.Data;

/// <summary>How training data is made.</summary>
public sealed record DataOptions
{
    /// <summary>Same seed, same data. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Training examples. Default 100,000.</summary>
    public int Examples { get; init; } = 100_000;

    /// <summary>Examples of each evaluation file. Default 2,000.</summary>
    public int Test { get; init; } = 2000;

    /// <summary>Share of events that a rule matches. Default 0.5.</summary>
    public double Positives { get; init; } = 0.5;

    /// <summary>Share of events that a rule just does not match. Default 0.28; the rest is ordinary work.</summary>
    public double NearMisses { get; init; } = 0.28;

    /// <summary>Share of events whose call's name means nothing. Default 0.03, taken from ordinary work's.</summary>
    public double Gibberish { get; init; } = 0.03;

    /// <summary>Share of recorded events among ordinary work, where there are any. Default 0.35.</summary>
    public double Recorded { get; init; } = 0.35;

    /// <summary>System calls that training must not name.</summary>
    public IReadOnlyList<string> HoldOut { get; init; } = [];

    /// <summary>Captures of ordinary work.</summary>
    public IReadOnlyList<string> Benign { get; init; } = [];
}
