namespace Syscribe.Inference.Engine;

/// <summary>Answers questions about events. All members are thread safe.</summary>
public interface IInferenceEngine : IAsyncDisposable
{
    /// <summary>Identity of the model, lower-case hexadecimal.</summary>
    string ModelDigest { get; }

    /// <summary>Known answers, the harmless one first.</summary>
    IReadOnlyList<string> Answers { get; }

    /// <summary>Rules that the answers stand for, in the same order; empty where nobody says.</summary>
    IReadOnlyList<AnswerRule> AnswerRules { get; }

    /// <summary>Requests that it holds at a time, waiting and running. A caller beyond that waits in <see cref="AskAsync"/>.</summary>
    int MaxPending { get; }

    /// <summary>Completes when the engine has ended: after its disposal, or faulted where the model failed for good.</summary>
    Task Ended { get; }

    /// <summary>What it has done so far.</summary>
    EngineCounters Counters { get; }

    /// <summary>Asks about one event. Waits for a free slot, then for the answer.</summary>
    /// <param name="eventText">The event as <see cref="Text.ToText"/> renders it; read before the first wait.</param>
    /// <param name="cancellationToken">Gives this request up; others are not touched.</param>
    /// <exception cref="InferenceException">No answer, and why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<Answer> AskAsync(ReadOnlyMemory<byte> eventText, CancellationToken cancellationToken);
}
