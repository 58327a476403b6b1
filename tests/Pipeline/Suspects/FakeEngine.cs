using System.Text;
using Syscribe.Inference.Engine;

namespace Syscribe.Pipeline.Tests.Suspects;

/// <summary>
/// Answers by the call's name: those that end in <c>b</c> are alerts, <c>broken</c> cannot be computed. Works on a few requests at
/// a time and holds a few more, as an engine does; a gate makes it as slow as a test wants.
/// </summary>
internal sealed class FakeEngine : IInferenceEngine
{
    private readonly SemaphoreSlim _slots = new(16);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _asked;
    private long _answered;
    private int _pending;

    public string ModelDigest => "m0de1";

    public IReadOnlyList<string> Answers => ["NONE", "Critical Strange call %evt.type by %proc.name"];

    public IReadOnlyList<AnswerRule> AnswerRules { get; } = [new("", []), new("Strange call", ["T1059", "host"])];

    public int MaxPending => 16;

    public Task Ended => Task.Delay(Timeout.Infinite);

    public int MostPending { get; private set; }

    /// <summary>Fails the next requests as a stopped engine does, while true.</summary>
    public volatile bool Stopped;

    public EngineCounters Counters => new()
    {
        Asked = Interlocked.Read(ref _asked), Answered = Interlocked.Read(ref _answered), Failed = new Dictionary<InferenceFailure, long>(),
        PrefillTokens = 40 * Interlocked.Read(ref _answered),
    };

    public void Open() => _open.TrySetResult();

    public async ValueTask<Answer> AskAsync(ReadOnlyMemory<byte> eventText, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        var call = Encoding.ASCII.GetString(eventText.Span).Split(' ')[0]["call=".Length..];
        await _slots.WaitAsync(cancellationToken);
        try
        {
            lock (_slots)
            {
                MostPending = Math.Max(MostPending, ++_pending);
            }

            await _open.Task.WaitAsync(cancellationToken);
            await Task.Yield();
            return Judge(call);
        }
        finally
        {
            lock (_slots)
            {
                _pending--;
            }

            _slots.Release();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Answer Judge(string call)
    {
        if (Stopped)
        {
            throw new InferenceException(InferenceFailure.Stopped, "stopped");
        }

        if (call == "broken")
        {
            throw new InferenceException(InferenceFailure.Decode, "cannot be computed");
        }

        Interlocked.Increment(ref _answered);
        var index = call.EndsWith('b') ? 1 : 0;
        return new Answer
        {
            Index = index, Text = Answers[index], Score = index == 1 ? 0.9 : 0.1, ModelDigest = ModelDigest, PromptTokens = 40,
            DecodedTokens = 1, ForcedTokens = 9, Latency = TimeSpan.FromMilliseconds(12),
        };
    }
}
