using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Inference.Engine;

/// <summary>How answers are made.</summary>
public enum AnswerMode
{
    /// <summary>One of the known answers, whatever the prompt says.</summary>
    Known,

    /// <summary>Free text, the likeliest token each time. A prompt can steer it: for experiments.</summary>
    Free,
}

/// <summary>How an <see cref="InferenceEngine"/> works. Defaults suit a small model on a CPU.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// Far below one half, since most wrong alerts end at <see cref="Suspects.AnswerCheck"/>: what it brings and what it costs is in
    /// infra/decisions/0007 and 0008.
    /// </summary>
    public const double DefaultThreshold = 0.1;

    /// <summary>The model to load, where the engine shall load it itself; ignored where one is given.</summary>
    public LlamaModelOptions? Model { get; init; }

    /// <summary>Prompt template; null (default) for the model's own.</summary>
    public string? PromptTemplate { get; init; }

    /// <summary>Known answers, the harmless one first; null (default) for the model's own.</summary>
    public IReadOnlyList<string>? Answers { get; init; }

    /// <summary>Rules parallel to <see cref="Answers"/>; null (default) for the model's own. Ignored without <see cref="Answers"/>.</summary>
    public IReadOnlyList<AnswerRule>? AnswerRules { get; init; }

    /// <summary>Default <see cref="AnswerMode.Known"/>.</summary>
    public AnswerMode Mode { get; init; } = AnswerMode.Known;

    /// <summary>
    /// Score from which an answer is an alert and not the harmless one, 0 to 1: lower finds more and errs more. Default
    /// <see cref="DefaultThreshold"/>. Ignored unless <see cref="Mode"/> is known.
    /// </summary>
    public double Threshold { get; init; } = DefaultThreshold;

    /// <summary>Requests held at a time, waiting and running, 1 to 65536. Default 64. Callers beyond wait.</summary>
    public int MaxPending { get; init; } = 64;

    /// <summary>Longest prompt, tokens, at least 16. Default 1024. A longer one fails by itself.</summary>
    public int MaxPromptTokens { get; init; } = 1024;

    /// <summary>Longest free answer, tokens, 1 to 4096. Default 64. Ignored unless <see cref="Mode"/> is free.</summary>
    public int MaxAnswerTokens { get; init; } = 64;

    /// <summary>
    /// Time from getting a slot to the answer after which a request fails. Default 60 s. Must exceed what
    /// <see cref="MaxPending"/> prompts take.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Compute the instruction once and share its KV cells. Default true; false only to measure what it brings.</summary>
    public bool SharePrefix { get; init; } = true;

    /// <summary>Decode tokens without a choice together, or not at all. Default true; false only to measure what it brings.</summary>
    public bool SkipForcedTokens { get; init; } = true;

    /// <summary>Keep what the model was asked, as <see cref="Answer.Choices"/>. Default false: it costs memory for each answer.</summary>
    public bool Explain { get; init; }

    /// <summary>
    /// How far the computing thread steps back behind others, Linux's nice value, 0 (default) to 19: for a process that does more
    /// than answer.
    /// </summary>
    public int Nice { get; init; }

    /// <summary>Everything that is wrong with these options, one sentence each; empty when they hold.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>(Model?.Problems() ?? []);
        Check(problems, Enum.IsDefined(Mode), $"Mode is {(int)Mode}; allowed are Known and Free");
        Check(problems, Threshold is >= 0 and <= 1, $"Threshold is {Threshold}; allowed are 0 to 1");
        Check(problems, MaxPending is >= 1 and <= 65536, $"MaxPending is {MaxPending}; allowed are 1 to 65536");
        Check(problems, MaxPromptTokens >= 16, $"MaxPromptTokens is {MaxPromptTokens}; allowed are 16 and up");
        Check(problems, MaxAnswerTokens is >= 1 and <= 4096, $"MaxAnswerTokens is {MaxAnswerTokens}; allowed are 1 to 4096");
        Check(problems, Nice is >= 0 and <= 19, $"Nice is {Nice}; allowed are 0 to 19");
        Check(problems, Deadline > TimeSpan.Zero, $"Deadline is {Deadline}; it must be more than 0");
        return problems;
    }

    private static void Check(List<string> problems, bool holds, string problem)
    {
        if (!holds)
        {
            problems.Add(problem);
        }
    }
}
