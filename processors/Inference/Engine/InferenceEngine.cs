using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Inference.Engine;

/// <summary>
/// Continuous batching over one model context: see <see cref="EngineLoop"/>. Callers tokenise, one thread computes.
/// </summary>
public sealed class InferenceEngine : IInferenceEngine
{
    private readonly ILanguageModel _model;
    private readonly Dialogue _dialogue;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly EngineMeter _meter = new();
    private readonly EngineLoop _loop;
    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _fault;
    private int _disposed;

    private InferenceEngine(ILanguageModel model, EngineOptions options, TimeProvider time)
    {
        _model = model;
        _options = options;
        _time = time;
        _dialogue = new Dialogue(model, options);
        _loop = new EngineLoop(model, _dialogue, options, time, _meter);
        new Thread(Run) { Name = "syscribe-inference", IsBackground = true }.Start();
    }

    /// <inheritdoc />
    public string ModelDigest => _model.Digest;

    /// <inheritdoc />
    public IReadOnlyList<string> Answers => _dialogue.Answers;

    /// <inheritdoc />
    public IReadOnlyList<AnswerRule> AnswerRules => _options.Answers is null ? _model.AnswerRules : _options.AnswerRules ?? [];

    /// <inheritdoc />
    public int MaxPending => _options.MaxPending;

    /// <inheritdoc />
    public EngineCounters Counters => _meter.Read();

    /// <inheritdoc />
    public Task Ended => _ended.Task;

    /// <summary>Loads <see cref="EngineOptions.Model"/> with libllama, computes the instruction and starts.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message names all of them.</exception>
    /// <exception cref="LlamaException">The model cannot be loaded.</exception>
    public static InferenceEngine Start(EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require(options);
        return Start(LlamaCppModel.Open(options.Model ?? throw new ArgumentException("Engine options: Model is missing.", nameof(options))), options);
    }

    /// <summary>Computes the instruction and starts on <paramref name="model"/>, which the engine owns from here on, failure included.</summary>
    /// <param name="model">Any model.</param>
    /// <param name="options">How to work.</param>
    /// <param name="time">Clock of deadlines and latencies; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is wrong, or there is no template or no answers.</exception>
    /// <exception cref="InferenceException">The model fails at the instruction.</exception>
    public static InferenceEngine Start(ILanguageModel model, EngineOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            Require(options);
            return new InferenceEngine(model, options, time ?? TimeProvider.System);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask<Answer> AskAsync(ReadOnlyMemory<byte> eventText, CancellationToken cancellationToken)
    {
        _meter.Asked();
        try
        {
            var answer = await AskWithinDeadlineAsync(eventText, cancellationToken);
            _meter.Answered();
            return answer;
        }
        catch (InferenceException e)
        {
            _meter.Failed(e.Failure);
            throw;
        }
        catch (Exception)
        {
            // Cancelled, or an argument that is no question.
            _meter.Cancelled();
            throw;
        }
    }

    /// <summary>The prompt for <paramref name="eventText"/> as the model reads it: one text for each token. For explaining.</summary>
    /// <exception cref="InferenceException">It is too long, or the engine has stopped.</exception>
    public IReadOnlyList<string> PromptPieces(ReadOnlySpan<byte> eventText)
    {
        ThrowIfStopped();
        return _dialogue.Pieces(eventText);
    }

    /// <summary>Stops after the present decode step. Requests without an answer fail as stopped, which is transient.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stopped.CancelAsync();
            _loop.Stop();
        }

        await _ended.Task.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static void Require(EngineOptions options)
    {
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException("Engine options: " + string.Join("; ", problems) + ".", nameof(options));
        }
    }

    private async Task<Answer> AskWithinDeadlineAsync(ReadOnlyMemory<byte> eventText, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var request = new Request(Tokenize(eventText.Span), started);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped.Token);
        try
        {
            await _loop.WaitForSlotAsync(limit.Token);

            // From here on, or a caller's own crowd, waiting for slots, would fail by its size.
            await using var deadline = _time.CreateTimer(static r => ((Request)r!).Abandon(), request, _options.Deadline, Timeout.InfiniteTimeSpan);
            _loop.Enqueue(request);
            await using var abandon = limit.Token.UnsafeRegister(static r => ((Request)r!).Abandon(), request);
            return await request.Task;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfStopped();
            throw new InferenceException(
                InferenceFailure.Deadline,
                $"No answer within the deadline of {_options.Deadline}: {_meter.Running} sequences run, {_options.MaxPending} requests may be pending. Allow fewer, or a longer deadline.");
        }
    }

    private int[] Tokenize(ReadOnlySpan<byte> eventText)
    {
        ThrowIfStopped();
        try
        {
            return _dialogue.Ask(eventText);
        }
        catch (ObjectDisposedException)
        {
            ThrowIfStopped();
            throw;
        }
    }

    private void ThrowIfStopped()
    {
        if (_stopped.IsCancellationRequested)
        {
            throw _fault is null
                ? new InferenceException(InferenceFailure.Stopped, "The inference engine was stopped before the answer.")
                : new InferenceException(InferenceFailure.Model, $"The inference engine has failed: {_fault.Message}", _fault);
        }
    }

    // The engine's thread. Whatever ends it, every request still held is completed: they are all abandoned by _stopped.
    private void Run()
    {
        try
        {
            ThreadNice.Lower(_options.Nice);
            _loop.Run();
        }
        catch (Exception e)
        {
            _fault = e;
        }

        _stopped.Cancel();
        _model.Dispose();
        if (_fault is null)
        {
            _ended.SetResult();
        }
        else
        {
            _ended.SetException(_fault);
        }
    }
}
