using System.Collections.Concurrent;

namespace Syscribe.Inference.Engine;

/// <summary>
/// The thread that owns the model's context. Between decode steps sequences leave that are answered or abandoned, and
/// waiting ones join; a step takes the next tokens of all of them within the token budget.
/// </summary>
/// <remarks>
/// Cells: <c>shared instruction + sum of (prompt + longest answer) of running sequences &lt;= context</c>, kept by
/// admission, so a running sequence never has to give way to another.
/// </remarks>
internal sealed class EngineLoop
{
    private readonly ILanguageModel _model;
    private readonly Dialogue _dialogue;
    private readonly TimeProvider _time;
    private readonly EngineMeter _meter;
    private readonly bool _share;
    private readonly ConcurrentQueue<Request> _queue = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _slots;
    private readonly List<Sequence> _running = [];
    private readonly Stack<int> _ids;
    private readonly TokenBatch _batch;
    private readonly int[] _pending;
    private readonly int[] _shares;
    private int _cells;
    private volatile bool _stopping;

    public EngineLoop(ILanguageModel model, Dialogue dialogue, EngineOptions options, TimeProvider time, EngineMeter meter)
    {
        _model = model;
        _dialogue = dialogue;
        _time = time;
        _meter = meter;
        _share = options.SharePrefix && dialogue.Instruction.Length > 0;
        _slots = new SemaphoreSlim(options.MaxPending);
        _batch = new TokenBatch(model.MaxBatchTokens);
        _pending = new int[model.MaxSequences];
        _shares = new int[model.MaxSequences];
        _ids = new Stack<int>(Enumerable.Range(1, model.MaxSequences).Reverse());
        ComputeInstruction();
    }


    /// <summary>Waits until one more request may be held.</summary>
    public Task WaitForSlotAsync(CancellationToken cancellationToken) => _slots.WaitAsync(cancellationToken);

    /// <summary>Hands over a request, for which a slot was waited for. The slot is free again when the request has left.</summary>
    public void Enqueue(Request request)
    {
        _queue.Enqueue(request);
        _work.Release();
    }

    /// <summary>Makes <see cref="Run"/> return after its present step.</summary>
    public void Stop()
    {
        _stopping = true;
        _work.Release();
    }

    /// <summary>Works until <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (!_stopping)
        {
            if (_running.Count == 0 && _queue.IsEmpty)
            {
                _work.Wait();
            }

            Admit();
            DropAbandoned();
            if (_running.Count > 0)
            {
                Step();
            }
        }
    }

    private void ComputeInstruction()
    {
        if (!_share)
        {
            return;
        }

        var tokens = _dialogue.Instruction;
        for (var at = 0; at < tokens.Length; at += _batch.Count)
        {
            _batch.Clear();
            foreach (var token in tokens.AsSpan(at, Math.Min(_batch.Capacity, tokens.Length - at)))
            {
                _batch.Add(token, at + _batch.Count, sequence: 0, wantsLogits: false);
            }

            if (Decode(answerTokens: 0) != DecodeResult.Ok)
            {
                throw new InferenceException(InferenceFailure.Model, $"Computing the instruction failed: {_model.DecodeFailure}");
            }
        }

        _cells = tokens.Length;
    }

    private void Admit()
    {
        while (_ids.Count > 0 && _queue.TryPeek(out var request) && (request.IsAbandoned || _cells + CellsOf(request) <= _model.ContextTokens))
        {
            _queue.TryDequeue(out _);
            _work.Wait(0);
            if (request.IsAbandoned)
            {
                _slots.Release();
                continue;
            }

            Join(request);
        }
    }

    private int CellsOf(Request request) =>
        request.Tokens.Length + _dialogue.AnswerTokens + (_share ? 0 : _dialogue.Instruction.Length);

    private void Join(Request request)
    {
        var id = _ids.Pop();
        var instruction = _dialogue.Instruction;
        if (_share)
        {
            _model.CopySequence(0, id, instruction.Length);
        }

        _cells += CellsOf(request);
        _running.Add(_share
            ? new Sequence(id, request, _dialogue.Walk(), instruction.Length, [])
            : new Sequence(id, request, _dialogue.Walk(), 0, instruction));
        _meter.Running = _running.Count;
    }

    private void DropAbandoned()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            if (_running[i].Request.IsAbandoned)
            {
                Leave(_running[i]);
            }
        }
    }

    private void Leave(Sequence sequence)
    {
        sequence.End();
        _model.TrimSequence(sequence.Id, 0);
        _ids.Push(sequence.Id);
        _cells -= CellsOf(sequence.Request);
        _running.Remove(sequence);
        _meter.Running = _running.Count;
        _slots.Release();
    }

    private void Step()
    {
        // Sorting is stable: answering ones first, each group in order of arrival.
        Sequence[] order = [.. _running.Where(s => s.IsAnswering), .. _running.Where(s => !s.IsAnswering)];
        for (var i = 0; i < order.Length; i++)
        {
            _pending[i] = order[i].PendingCount;
        }

        TokenBudget.Share(_batch.Capacity, _pending.AsSpan(0, order.Length), _shares);
        var portions = new List<Portion>(order.Length);
        for (var i = 0; i < order.Length && _shares[i] > 0; i++)
        {
            portions.Add(new Portion(order[i], _shares[i]));
        }

        Decode(portions);
    }

    // What fails together is tried in halves, down to one token of one sequence, whose request then fails.
    private void Decode(IReadOnlyList<Portion> portions)
    {
        var answerTokens = Fill(portions);
        if (Decode(answerTokens) == DecodeResult.Ok)
        {
            Take(portions);
            return;
        }

        foreach (var (sequence, _) in portions)
        {
            _model.TrimSequence(sequence.Id, sequence.Cached);
        }

        if (portions is [{ Tokens: 1 } single])
        {
            Fail(single.Sequence, new InferenceException(InferenceFailure.Decode, $"Decoding failed: {_model.DecodeFailure}"));
            return;
        }

        _meter.Retried();
        foreach (var half in Halves(portions))
        {
            if (half[0].Sequence.IsRunning)
            {
                Decode(half);
            }
        }
    }

    private static IReadOnlyList<Portion>[] Halves(IReadOnlyList<Portion> portions)
    {
        if (portions is [var (sequence, tokens)])
        {
            return [[new Portion(sequence, tokens / 2)], [new Portion(sequence, tokens - (tokens / 2))]];
        }

        var middle = portions.Count / 2;
        return [[.. portions.Take(middle)], [.. portions.Skip(middle)]];
    }

    private int Fill(IReadOnlyList<Portion> portions)
    {
        _batch.Clear();
        var answerTokens = 0;
        foreach (var (sequence, tokens) in portions)
        {
            for (var i = 0; i < tokens; i++)
            {
                _batch.Add(sequence.PendingAt(i), sequence.Cached + i, sequence.Id, wantsLogits: i == sequence.PendingCount - 1);
                answerTokens += sequence.Cached + i >= sequence.PromptTokens ? 1 : 0;
            }
        }

        return answerTokens;
    }

    private void Take(IReadOnlyList<Portion> portions)
    {
        var row = 0;
        foreach (var (sequence, tokens) in portions)
        {
            sequence.Accept(tokens);
            row += tokens;
            if (sequence.PendingCount == 0)
            {
                Advance(sequence, row - 1);
            }
        }
    }

    private void Advance(Sequence sequence, int row)
    {
        try
        {
            sequence.Walk.Advance(_model.Logits(row));
        }
        catch (InferenceException e)
        {
            Fail(sequence, e);
            return;
        }

        if (sequence.Walk.IsDone)
        {
            Complete(sequence);
        }
        else
        {
            sequence.Continue();
        }
    }

    private void Complete(Sequence sequence)
    {
        var walk = sequence.Walk;
        _meter.Forced(walk.ForcedTokens);
        var answer = new Answer
        {
            Index = walk.Answer,
            Text = _dialogue.TextOf(walk),
            Score = walk.Score,
            ModelDigest = _model.Digest,
            PromptTokens = sequence.PromptTokens,
            DecodedTokens = sequence.DecodedTokens,
            ForcedTokens = walk.ForcedTokens,
            Choices = _dialogue.ChoicesOf(walk),
            Latency = _time.GetElapsedTime(sequence.Request.Started),
        };
        Leave(sequence);
        sequence.Request.Complete(answer);
    }

    private void Fail(Sequence sequence, InferenceException reason)
    {
        Leave(sequence);
        sequence.Request.Fail(reason);
    }

    private DecodeResult Decode(int answerTokens)
    {
        var started = _time.GetTimestamp();
        var result = _model.Decode(_batch);
        _meter.Stepped(result == DecodeResult.Ok ? _batch.Count - answerTokens : 0, answerTokens, _time.GetElapsedTime(started));
        return result;
    }

    private readonly record struct Portion(Sequence Sequence, int Tokens);
}
