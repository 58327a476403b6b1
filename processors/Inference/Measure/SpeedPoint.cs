namespace Syscribe.Inference.Measure;

/// <summary>What was measured with one number of prompts at a time.</summary>
public sealed record SpeedPoint
{
    /// <summary>Prompts at a time.</summary>
    public required int Parallel { get; init; }

    /// <summary>Prompt tokens computed per second, nothing shared.</summary>
    public required double PrefillPerSecond { get; init; }

    /// <summary>Answer tokens computed per second, one for each prompt and step.</summary>
    public required double DecodePerSecond { get; init; }

    /// <summary>Events answered per second by the engine: instruction shared, forced tokens skipped.</summary>
    public required double EventsPerSecond { get; init; }

    /// <summary>Prompt tokens that the engine computed for an event.</summary>
    public required double PrefillTokensPerEvent { get; init; }

    /// <summary>Median time from an event's text to its answer with that many at a time, milliseconds.</summary>
    public required double MedianMs { get; init; }

    /// <summary>Share of the memory's speed that decoding reaches, 0 to 1; null where that is not known.</summary>
    public required double? BandwidthRatio { get; init; }

    /// <summary>Share of the arithmetic's speed that prefill reaches, 0 to 1; null where that is not known.</summary>
    public required double? ArithmeticRatio { get; init; }
}
