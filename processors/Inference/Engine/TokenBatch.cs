namespace Syscribe.Inference.Engine;

/// <summary>The tokens of one decode step, as parallel arrays. Owned and reused by the engine.</summary>
/// <param name="capacity">Most tokens it holds.</param>
public sealed class TokenBatch(int capacity)
{
    private readonly int[] _tokens = new int[capacity];
    private readonly int[] _positions = new int[capacity];
    private readonly int[] _sequences = new int[capacity];
    private readonly bool[] _wantsLogits = new bool[capacity];

    /// <summary>Tokens held.</summary>
    public int Count { get; private set; }

    /// <summary>Most tokens it holds.</summary>
    public int Capacity => _tokens.Length;

    /// <summary>Token ids.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Position of each token in its sequence, from 0.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>Sequence of each token.</summary>
    public ReadOnlySpan<int> Sequences => _sequences.AsSpan(0, Count);

    /// <summary>Whether the logits after each token are wanted.</summary>
    public ReadOnlySpan<bool> WantsLogits => _wantsLogits.AsSpan(0, Count);

    /// <summary>Adds one token and says its row.</summary>
    public int Add(int token, int position, int sequence, bool wantsLogits)
    {
        var row = Count;
        _tokens[row] = token;
        _positions[row] = position;
        _sequences[row] = sequence;
        _wantsLogits[row] = wantsLogits;
        Count = row + 1;
        return row;
    }

    /// <summary>Makes it empty.</summary>
    public void Clear() => Count = 0;
}
