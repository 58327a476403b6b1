namespace Syscribe.Inference.Engine;

/// <summary>One question on its way through the engine.</summary>
/// <param name="tokens">Tokens after the shared instruction: the event's and the suffix's.</param>
/// <param name="started">Timestamp of the question.</param>
internal sealed class Request(int[] tokens, long started)
{
    private readonly TaskCompletionSource<Answer> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<int> Tokens { get; } = tokens;

    public long Started { get; } = started;

    public Task<Answer> Task => _completion.Task;

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool IsAbandoned => _completion.Task.IsCompleted;

    public void Complete(Answer answer) => _completion.TrySetResult(answer);

    public void Fail(Exception reason) => _completion.TrySetException(reason);

    public void Abandon() => _completion.TrySetCanceled();
}
