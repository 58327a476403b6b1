using Syscribe.Training.Model;
using static TorchSharp.torch;

namespace Syscribe.Training.Lora;

/// <summary>
/// A frozen base and, beside each projection of attention and feed-forward, a trained product of two thin matrices:
/// y = x W^T + (alpha / rank) x A^T B^T. B starts as zero, so training starts at the base.
/// </summary>
internal sealed class LoraModel : ITorchModel, IDisposable
{
    private readonly BaseModel _base;
    private readonly List<Weight> _weights = [];
    private readonly Dictionary<string, (Tensor A, Tensor B)> _thin = [];
    private readonly Tensor _turns;
    private readonly TorchSharp.Scalar _scale;

    /// <summary>Makes an adapter; same seed, same start.</summary>
    public LoraModel(BaseModel model, int rank, double alpha, int seed)
    {
        (_base, Rank, Alpha, _scale) = (model, rank, alpha, alpha / rank);
        _turns = LlamaMath.Turns(model.Shape, model.RopeBase);
        var random = new NormalNumbers(seed);
        foreach (var (name, rows, columns) in BaseModel.Projections(model.Shape))
        {
            if (model.Matrices[name].Shape is not [var r, var c] || r != rows || c != columns)
            {
                throw new TrainingException($"{name} of the base is [{string.Join(", ", model.Matrices[name].Shape)}]; its shape asks for [{rows}, {columns}].");
            }

            var deviation = 1 / Math.Sqrt(columns);
            var a = new float[rank * columns];
            foreach (ref var value in a.AsSpan())
            {
                value = (float)(random.Next() * deviation);
            }

            var (down, up) = (tensor(a, [rank, columns]).requires_grad_(), zeros([rows, rank]).requires_grad_());
            _thin.Add(name, (down, up));
            _weights.Add(new Weight(name + ".weight.lora_a", down, IsMatrix: true, []));
            _weights.Add(new Weight(name + ".weight.lora_b", up, IsMatrix: true, []));
        }
    }

    /// <summary>Inner width of each product.</summary>
    public int Rank { get; }

    /// <summary>Its weight is this by the rank.</summary>
    public double Alpha { get; }

    /// <inheritdoc />
    public IReadOnlyList<Weight> Weights => _weights;

    /// <inheritdoc />
    public Tensor States(Tensor tokens, Tensor positions)
    {
        var (batch, time) = (tokens.shape[0], tokens.shape[1]);
        if (time > _base.Shape.ContextTokens)
        {
            throw new TrainingException($"A text of {time} tokens; the base's context is {_base.Shape.ContextTokens}.");
        }

        var turns = _turns.narrow(0, 0, time);
        var x = _base.Matrices["token_embd"].WideRows(tokens.view(-1));
        for (var layer = 0; layer < _base.Shape.Layers; layer++)
        {
            var block = $"blk.{layer}.";
            x = LlamaMath.Sum(x, Attend(block, Normed(x, block + "attn_norm"), batch, time, turns));
            x = LlamaMath.Sum(x, FeedForward(block, Normed(x, block + "ffn_norm")));
        }

        return Normed(x.index_select(0, positions), "output_norm");
    }

    /// <inheritdoc />
    public Tensor Logits(Tensor states) => _base.Matrices.GetValueOrDefault("output", _base.Matrices["token_embd"]).Apply(states);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var weight in _weights)
        {
            weight.Value.Dispose();
        }

        _turns.Dispose();
    }

    private Tensor Attend(string block, Tensor x, long batch, long time, Tensor turns)
    {
        var (shape, size) = (_base.Shape, _base.Shape.Width / _base.Shape.Heads);
        var query = Project(block + "attn_q", x).view(batch, time, shape.Heads, size);
        var key = Project(block + "attn_k", x).view(batch, time, shape.KvHeads, size);
        var value = Project(block + "attn_v", x).view(batch, time, shape.KvHeads, size);
        return Project(block + "attn_output", LlamaMath.Mix(cat([query, key], 2), value, turns, shape));
    }

    private Tensor FeedForward(string block, Tensor x) =>
        Project(block + "ffn_down", nn.functional.silu(Project(block + "ffn_gate", x)).mul(Project(block + "ffn_up", x)));

    private Tensor Project(string name, Tensor x)
    {
        var (down, up) = _thin[name];
        return LlamaMath.Sum(_base.Matrices[name].Apply(x), x.mm(down.t()).mm(up.t()).mul(_scale));
    }

    private Tensor Normed(Tensor x, string name) => LlamaMath.Normed(x, _base.Norms[name], _base.NormEpsilon);
}
