namespace Syscribe.Inference.Engine;

/// <summary>
/// What an engine has done since its start. <c>Asked = Answered + Failed + Cancelled + Pending</c> at rest.
/// </summary>
public sealed record EngineCounters
{
    /// <summary>Requests.</summary>
    public long Asked { get; init; }

    /// <summary>Requests with an answer.</summary>
    public long Answered { get; init; }

    /// <summary>Requests without one, by cause.</summary>
    public required IReadOnlyDictionary<InferenceFailure, long> Failed { get; init; }

    /// <summary>Requests that their caller gave up.</summary>
    public long Cancelled { get; init; }

    /// <summary>Requests waiting for a slot, queued or running.</summary>
    public long Pending => Asked - Answered - Cancelled - Failed.Values.Sum();

    /// <summary>Sequences in the model's context now.</summary>
    public int Running { get; init; }

    /// <summary>Decode steps.</summary>
    public long Steps { get; init; }

    /// <summary>Decode steps that failed and were repeated in smaller parts.</summary>
    public long Retries { get; init; }

    /// <summary>Prompt tokens computed; shared ones count once.</summary>
    public long PrefillTokens { get; init; }

    /// <summary>Answer tokens computed.</summary>
    public long DecodeTokens { get; init; }

    /// <summary>Answer tokens that followed without a choice.</summary>
    public long ForcedTokens { get; init; }

    /// <summary>Time inside the model.</summary>
    public TimeSpan ModelTime { get; init; }

    /// <summary>Mean tokens of a decode step; 0 before the first.</summary>
    public double TokensPerStep => Steps == 0 ? 0 : (double)(PrefillTokens + DecodeTokens) / Steps;
}
