using System.Runtime.InteropServices;

namespace Syscribe.Inference.Engine;

/// <summary>One prompt's way to its answer: takes logits, says which tokens to feed next, until the answer is known.</summary>
internal abstract class AnswerWalk
{
    private readonly List<int> _feed = [];

    /// <summary>Tokens to decode before the next logits are wanted; means nothing once the answer is known.</summary>
    public ReadOnlySpan<int> Feed => CollectionsMarshal.AsSpan(_feed);

    /// <summary>Whether the answer is known.</summary>
    public bool IsDone { get; protected set; }

    /// <summary>Answer's index among the known ones; -1 before the end, and for a generated text.</summary>
    public int Answer { get; protected set; } = -1;

    /// <summary>Probability that the answer is not the harmless one, 0 to 1.</summary>
    public double Score { get; protected set; }

    /// <summary>Tokens of the answer that needed no decode step of their own.</summary>
    public int ForcedTokens { get; protected set; }

    /// <summary>Tokens and probabilities at each branch so far, the one taken first and the others by probability; null where nobody asks for them.</summary>
    public List<(int Token, double Probability)[]>? Branches { get; init; }

    /// <summary>Chooses by <paramref name="logits"/> over the vocabulary.</summary>
    /// <exception cref="InferenceException">The logits are not numbers.</exception>
    public void Advance(ReadOnlySpan<float> logits)
    {
        _feed.Clear();
        Choose(logits);
    }

    protected abstract void Choose(ReadOnlySpan<float> logits);

    protected void Add(int token) => _feed.Add(token);

    protected static void RequireNumber(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new InferenceException(InferenceFailure.Model, "The model's logits are not finite numbers: its weights or their type are broken.");
        }
    }
}

/// <summary>Walks the tree of known answers.</summary>
internal sealed class KnownAnswerWalk : AnswerWalk
{
    private readonly AnswerTree _tree;
    private readonly bool _skipForced;
    private readonly double _threshold;
    private int _node = AnswerTree.Root;
    private double _harmless = 1;
    private bool _onHarmlessPath = true;

    /// <param name="tree">Known answers.</param>
    /// <param name="skipForced">Whether tokens that cannot be otherwise are fed together, and not at all at the end.</param>
    /// <param name="threshold">Score from which the answer is not the harmless one.</param>
    public KnownAnswerWalk(AnswerTree tree, bool skipForced, double threshold)
    {
        _tree = tree;
        _skipForced = skipForced;
        _threshold = threshold;
        TakeForced();
    }

    // Probabilities are over the allowed tokens only: the constraint is part of the question.
    protected override void Choose(ReadOnlySpan<float> logits)
    {
        var tokens = _tree.Tokens(_node);
        var best = Best(logits, tokens, except: -1);
        var sum = 0.0;
        foreach (var token in tokens)
        {
            sum += Math.Exp((double)logits[token] - logits[tokens[best]]);
        }

        RequireNumber(sum);
        var (top, taken) = (logits[tokens[best]], best);
        if (_onHarmlessPath && _tree.HarmlessChoice(_node) is >= 0 and var harmless)
        {
            _harmless *= Math.Exp((double)logits[tokens[harmless]] - top) / sum;
            Score = Math.Clamp(1 - _harmless, 0, 1);
            taken = Score < _threshold || tokens.Length == 1 ? harmless : Best(logits, tokens, except: harmless);
        }

        Remember(logits, tokens, taken, top, sum);
        Take(taken);
        TakeForced();
    }

    private void TakeForced()
    {
        while (_skipForced && !IsDone && _tree.Tokens(_node).Length == 1)
        {
            ForcedTokens++;
            Take(0);
        }
    }

    private static int Best(ReadOnlySpan<float> logits, ReadOnlySpan<int> tokens, int except)
    {
        var best = except == 0 ? 1 : 0;
        for (var i = best + 1; i < tokens.Length; i++)
        {
            best = i != except && logits[tokens[i]] > logits[tokens[best]] ? i : best;
        }

        return best;
    }

    private void Remember(ReadOnlySpan<float> logits, ReadOnlySpan<int> tokens, int taken, float top, double sum)
    {
        if (Branches is null || tokens.Length == 1)
        {
            return;
        }

        var branch = new (int Token, double Probability)[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            branch[i] = (tokens[i], Math.Exp((double)logits[tokens[i]] - top) / sum);
        }

        (branch[0], branch[taken]) = (branch[taken], branch[0]);
        Array.Sort(branch, 1, branch.Length - 1, Comparer<(int, double Probability)>.Create(static (a, b) => b.Probability.CompareTo(a.Probability)));
        Branches.Add(branch);
    }

    private void Take(int choice)
    {
        var token = _tree.Tokens(_node)[choice];
        _onHarmlessPath &= choice == _tree.HarmlessChoice(_node);
        _node = _tree.Child(_node, choice);
        Answer = _tree.Answer(_node);
        IsDone = Answer >= 0;
        Add(token);
    }
}

/// <summary>Generates freely: the likeliest token, until the end token or the limit.</summary>
/// <param name="model">For its end tokens.</param>
/// <param name="harmlessToken">First token of the harmless answer.</param>
/// <param name="maxTokens">Limit.</param>
internal sealed class FreeWalk(ILanguageModel model, int harmlessToken, int maxTokens) : AnswerWalk
{
    private readonly List<int> _answer = [];

    /// <summary>Tokens generated.</summary>
    public ReadOnlySpan<int> Generated => CollectionsMarshal.AsSpan(_answer);

    protected override void Choose(ReadOnlySpan<float> logits)
    {
        var best = IndexOfMax(logits);
        if (_answer.Count == 0)
        {
            Score = 1 - Probability(logits, best);
        }

        if (model.IsEnd(best) || _answer.Count == maxTokens)
        {
            IsDone = true;
            return;
        }

        _answer.Add(best);
        Add(best);
    }

    private double Probability(ReadOnlySpan<float> logits, int best)
    {
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp((double)logit - logits[best]);
        }

        RequireNumber(sum);
        return Math.Exp((double)logits[harmlessToken] - logits[best]) / sum;
    }

    private static int IndexOfMax(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }
}
