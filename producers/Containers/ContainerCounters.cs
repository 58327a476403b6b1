namespace Syscribe.Containers;

/// <summary>What became of the questions for containers and of the events that waited for them.</summary>
public readonly record struct ContainerCounters
{
    /// <summary>Runtimes that answer now.</summary>
    public int Runtimes { get; init; }

    /// <summary>Containers whose metadata is remembered.</summary>
    public long Known { get; init; }

    /// <summary>Questions answered with metadata.</summary>
    public long Found { get; init; }

    /// <summary>Questions to which each runtime said that it has no such container.</summary>
    public long NotFound { get; init; }

    /// <summary>Questions that a runtime failed to answer, and none other did.</summary>
    public long Failed { get; init; }

    /// <summary>Questions not asked because too many were waiting.</summary>
    public long Skipped { get; init; }

    /// <summary>Events that wait now.</summary>
    public long Waiting { get; init; }

    /// <summary>Events that have waited.</summary>
    public long Waited { get; init; }

    /// <summary>Of them: gone without metadata because the time was over.</summary>
    public long TimedOut { get; init; }

    /// <summary>Of them: gone without metadata because too many waited.</summary>
    public long Overflowed { get; init; }
}
