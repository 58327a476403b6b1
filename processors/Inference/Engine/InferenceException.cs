namespace Syscribe.Inference.Engine;

/// <summary>Why a request got no answer.</summary>
public enum InferenceFailure
{
    /// <summary>The prompt has more tokens than allowed.</summary>
    PromptTooLong,

    /// <summary>Its deadline passed.</summary>
    Deadline,

    /// <summary>The model could not compute it, not even alone and token by token.</summary>
    Decode,

    /// <summary>The model is broken, or the engine's thread has failed.</summary>
    Model,

    /// <summary>The engine was stopped before the answer.</summary>
    Stopped,
}

/// <summary>A request got no answer. The message never holds the event's text.</summary>
/// <param name="failure">Why, for counting and deciding.</param>
/// <param name="message">What was seen and what was allowed.</param>
/// <param name="inner">Its cause.</param>
public sealed class InferenceException(InferenceFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public InferenceFailure Failure { get; } = failure;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Failure is InferenceFailure.Deadline or InferenceFailure.Stopped;
}
