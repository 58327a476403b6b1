namespace Syscribe.Local.Model;

/// <summary>What the model did in a run, as views show it and <c>--report</c> writes it. Counts are since the start.</summary>
public sealed record InferenceReport
{
    /// <summary>Name of the model's file.</summary>
    public required string Model { get; init; }

    /// <summary>Its digest.</summary>
    public required string Digest { get; init; }

    /// <summary>Suspects by the reason for which they were chosen.</summary>
    public required IReadOnlyDictionary<string, long> Selected { get; init; }

    /// <summary>Unregistered events left out since the same behaviour was chosen within the last 10 s.</summary>
    public required long LeftRepeated { get; init; }

    /// <summary>Events left out since the model was behind.</summary>
    public required long LeftBusy { get; init; }

    /// <summary>Suspects with a verdict, or given up.</summary>
    public required long Judged { get; init; }

    /// <summary>Suspects chosen and not judged yet; at the end, never judged.</summary>
    public required long NotJudged { get; init; }

    /// <summary>Verdicts that cost no inference.</summary>
    public required long FromCache { get; init; }

    /// <summary>Those of them whose answer was an alert that the event contradicted: none was raised.</summary>
    public required long Contradicted { get; init; }

    /// <summary>Inferences for each event that the rules judged, 0 to 1.</summary>
    public required double ReductionRatio { get; init; }

    /// <summary>The model's alerts.</summary>
    public required long Alerts { get; init; }

    /// <summary>Those of them on events that no rule alerted on.</summary>
    public required long OnlyModel { get; init; }

    /// <summary>Suspects given up.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>Sequences in the model's batch now.</summary>
    public required int Running { get; init; }

    /// <summary>Prompt tokens computed.</summary>
    public required long PrefillTokens { get; init; }

    /// <summary>Answer tokens computed.</summary>
    public required long DecodeTokens { get; init; }

    /// <summary>Mean tokens of a decode step.</summary>
    public required double TokensPerStep { get; init; }

    /// <summary>Time inside the model, seconds.</summary>
    public required double ModelSeconds { get; init; }

    /// <summary>Kernel timestamp to the model's alert read back, milliseconds; null without one.</summary>
    public required LatencySummary? LatencyMs { get; init; }
}
