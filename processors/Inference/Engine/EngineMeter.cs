namespace Syscribe.Inference.Engine;

/// <summary>The engine's counters: written by its thread and by callers, read by anyone.</summary>
internal sealed class EngineMeter
{
    private readonly long[] _failed = new long[Enum.GetValues<InferenceFailure>().Length];
    private long _asked;
    private long _answered;
    private long _cancelled;
    private long _steps;
    private long _retries;
    private long _prefill;
    private long _decode;
    private long _forced;
    private long _modelTicks;

    public int Running { get; set; }

    public void Asked() => Interlocked.Increment(ref _asked);

    public void Answered() => Interlocked.Increment(ref _answered);

    public void Cancelled() => Interlocked.Increment(ref _cancelled);

    public void Failed(InferenceFailure failure) => Interlocked.Increment(ref _failed[(int)failure]);

    public void Retried() => Interlocked.Increment(ref _retries);

    public void Forced(int tokens) => Interlocked.Add(ref _forced, tokens);

    public void Stepped(int prefillTokens, int decodeTokens, TimeSpan took)
    {
        Interlocked.Increment(ref _steps);
        Interlocked.Add(ref _prefill, prefillTokens);
        Interlocked.Add(ref _decode, decodeTokens);
        Interlocked.Add(ref _modelTicks, took.Ticks);
    }

    public EngineCounters Read() => new()
    {
        // Outcomes before questions: a reader in between sees a request as pending, never as answered before asked.
        Failed = Enum.GetValues<InferenceFailure>().ToDictionary(f => f, f => Interlocked.Read(ref _failed[(int)f])),
        Answered = Interlocked.Read(ref _answered),
        Cancelled = Interlocked.Read(ref _cancelled),
        Asked = Interlocked.Read(ref _asked),
        Running = Running,
        Steps = Interlocked.Read(ref _steps),
        Retries = Interlocked.Read(ref _retries),
        PrefillTokens = Interlocked.Read(ref _prefill),
        DecodeTokens = Interlocked.Read(ref _decode),
        ForcedTokens = Interlocked.Read(ref _forced),
        ModelTime = TimeSpan.FromTicks(Interlocked.Read(ref _modelTicks)),
    };
}
