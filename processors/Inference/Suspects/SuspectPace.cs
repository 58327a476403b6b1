namespace Syscribe.Inference.Suspects;

/// <summary>
/// Keeps suspects to what a model in the same process can take. Below a quarter of <see cref="Full"/> waiting suspects all are chosen;
/// from there to <see cref="Full"/> the calls of each program take turns, one each <see cref="Turn"/>, so that a flood of one
/// call does not crowd out a rare one; beyond, none is chosen. What is left out is counted and, where it was novel, stays novel.
/// </summary>
public sealed record SuspectPace
{
    /// <summary>How many suspects the model has judged or given up so far; -1 where it has failed. Any thread.</summary>
    public required Func<long> Judged { get; init; }

    /// <summary>Waiting suspects at which none is chosen, at least 4: what the model judges in the time that an alert may take. Any thread.</summary>
    public required Func<long> Full { get; init; }

    /// <summary>How long the same call of the same program waits for its next turn, by the events' time. Default 10 s.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(10);
}
