namespace Syscribe.Inference.Engine;

/// <summary>A request in the model's context.</summary>
/// <param name="id">Its sequence id.</param>
/// <param name="request">The question.</param>
/// <param name="walk">Its way to an answer.</param>
/// <param name="prefix">Tokens of its start that are in the KV cache already.</param>
/// <param name="unshared">Tokens before the request's own that are not: the instruction, where it is not shared.</param>
internal sealed class Sequence(int id, Request request, AnswerWalk walk, int prefix, ReadOnlySpan<int> unshared)
{
    private readonly List<int> _pending = [.. unshared, .. request.Tokens.Span, .. walk.Feed];
    private readonly int _promptTokens = prefix + unshared.Length + request.Tokens.Length;
    private int _fed;

    public int Id { get; } = id;

    public Request Request { get; } = request;

    public AnswerWalk Walk { get; } = walk;

    /// <summary>Tokens in the KV cache: the position of the next.</summary>
    public int Cached { get; private set; } = prefix;

    /// <summary>Tokens to decode before the next logits.</summary>
    public int PendingCount => _pending.Count - _fed;

    public int PromptTokens => _promptTokens;

    /// <summary>Answer tokens decoded so far.</summary>
    public int DecodedTokens => Math.Max(0, Cached - _promptTokens);

    /// <summary>Whether the prompt is in and the answer has begun: such sequences go first, since they end soonest.</summary>
    public bool IsAnswering => Cached >= _promptTokens;

    /// <summary>Whether it still occupies its place.</summary>
    public bool IsRunning { get; private set; } = true;

    public int PendingAt(int index) => _pending[_fed + index];

    /// <summary>The next <paramref name="count"/> pending tokens are in the KV cache.</summary>
    public void Accept(int count)
    {
        _fed += count;
        Cached += count;
    }

    /// <summary>Goes on with the tokens that the walk chose.</summary>
    public void Continue()
    {
        _pending.Clear();
        _pending.AddRange(Walk.Feed);
        _fed = 0;
    }

    public void End() => IsRunning = false;
}
