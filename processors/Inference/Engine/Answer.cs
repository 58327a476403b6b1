namespace Syscribe.Inference.Engine;

/// <summary>What the model says of one event.</summary>
public sealed record Answer
{
    /// <summary>Index among the known answers, 0 the harmless one; -1 for a freely generated text.</summary>
    public required int Index { get; init; }

    /// <summary>The known answer, or the generated text with everything but printable ASCII escaped.</summary>
    public required string Text { get; init; }

    /// <summary>Probability that the harmless answer is wrong, 0 to 1, over the answers allowed where they first part.</summary>
    public required double Score { get; init; }

    /// <summary>Digest of the model that said so.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>Tokens of the whole prompt, the shared instruction included.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of the answer that were decoded.</summary>
    public required int DecodedTokens { get; init; }

    /// <summary>Tokens of the answer that followed without a choice.</summary>
    public required int ForcedTokens { get; init; }

    /// <summary>From the question to the answer, waiting included.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>What the model was asked where known answers part, in order; empty unless <see cref="EngineOptions.Explain"/>.</summary>
    public IReadOnlyList<IReadOnlyList<Choice>> Choices { get; init; } = [];

    /// <summary>Whether it is an alert: a known answer other than the harmless one.</summary>
    public bool IsAlert => Index > 0;
}
