using Syscribe.Inference.Gguf;
using static TorchSharp.torch;

namespace Syscribe.Training.Model;

/// <summary>
/// LLaMA in TorchSharp: RMSNorm, rotary positions over neighbouring pairs (2i, 2i+1) as llama.cpp has them for this
/// architecture, grouped queries, SwiGLU, output tied to the embedding. Query, key and value are one matrix here, and so
/// are gate and up: fewer and larger products.
/// </summary>
public sealed class LlamaModel : ITorchModel, IDisposable
{
    /// <summary>Added to the mean square in norms.</summary>
    public const float NormEpsilon = 1e-5f;

    /// <summary>Base of the rotary frequencies.</summary>
    public const float RopeBase = 10000;

    private const double InitialDeviation = 0.02;

    private readonly List<Weight> _weights = [];
    private readonly Layer[] _layers;
    private readonly Tensor _embedding;
    private readonly Tensor _norm;
    private readonly Tensor _turns;

    /// <summary>Makes a model with random weights; same seed, same weights.</summary>
    public LlamaModel(LlamaShape shape, int vocabularySize, int seed)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (Shape, VocabularySize) = (shape, vocabularySize);
        var random = new NormalNumbers(seed);
        var keys = KeyWidth(shape);
        var residual = InitialDeviation / Math.Sqrt(2 * shape.Layers);
        _embedding = Matrix("token_embd", [], vocabularySize, shape.Width, random, InitialDeviation);
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(i => $"blk.{i}.").Select(block => new Layer(
            Norm(block + "attn_norm"),
            Matrix(block + "attn_qkv", [shape.Width, keys, keys], shape.Width + (2 * keys), shape.Width, random, InitialDeviation),
            Matrix(block + "attn_output", [shape.Width], shape.Width, shape.Width, random, residual),
            Norm(block + "ffn_norm"),
            Matrix(block + "ffn_gate_up", [shape.FeedForward, shape.FeedForward], 2 * shape.FeedForward, shape.Width, random, InitialDeviation),
            Matrix(block + "ffn_down", [shape.Width], shape.Width, shape.FeedForward, random, residual)))];
        _norm = Norm("output_norm");
        _turns = LlamaMath.Turns(shape, RopeBase);
    }

    /// <summary>Its shape.</summary>
    public LlamaShape Shape { get; }

    /// <summary>Tokens of its vocabulary.</summary>
    public int VocabularySize { get; }

    /// <summary>Trained tensors, in a fixed order.</summary>
    public IReadOnlyList<Weight> Weights => _weights;

    /// <summary>Trained numbers.</summary>
    public long Parameters => _weights.Sum(weight => weight.Value.numel());

    /// <summary>Width of all keys of a position together.</summary>
    public static int KeyWidth(LlamaShape shape) => shape.Width / shape.Heads * shape.KvHeads;

    /// <summary>Normed last states at the positions asked for.</summary>
    /// <param name="tokens">[batch, time]; what is behind a text's end has no influence on it.</param>
    /// <param name="positions">Indexes into batch times time.</param>
    public Tensor States(Tensor tokens, Tensor positions)
    {
        var (batch, time) = (tokens.shape[0], tokens.shape[1]);
        var turns = _turns.narrow(0, 0, time);
        var x = _embedding.index_select(0, tokens.view(-1));
        foreach (var layer in _layers)
        {
            x = LlamaMath.Sum(x, Attend(layer, Normed(x, layer.AttentionNorm), batch, time, turns));
            x = LlamaMath.Sum(x, FeedForward(layer, Normed(x, layer.FeedForwardNorm)));
        }

        return Normed(x.index_select(0, positions), _norm);
    }

    /// <summary>Logits over the vocabulary of <see cref="States"/>.</summary>
    public Tensor Logits(Tensor states) => states.mm(_embedding.t());

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var weight in _weights)
        {
            weight.Value.Dispose();
        }

        _turns.Dispose();
    }

    private Tensor Attend(Layer layer, Tensor x, long batch, long time, Tensor turns)
    {
        var (heads, kvHeads) = (Shape.Heads, Shape.KvHeads);
        var all = x.mm(layer.QueryKeyValue.t()).view(batch, time, heads + (2 * kvHeads), Shape.Width / heads);
        return LlamaMath.Mix(all.narrow(2, 0, heads + kvHeads), all.narrow(2, heads + kvHeads, kvHeads), turns, Shape).mm(layer.Output.t());
    }

    private static Tensor FeedForward(Layer layer, Tensor x)
    {
        var both = x.mm(layer.GateUp.t()).chunk(2, 1);
        return nn.functional.silu(both[0]).mul(both[1]).mm(layer.Down.t());
    }

    private static Tensor Normed(Tensor x, Tensor weight) => LlamaMath.Normed(x, weight, NormEpsilon);

    private Tensor Norm(string name) => Add(name, Enumerable.Repeat(1f, Shape.Width).ToArray(), [Shape.Width], isMatrix: false, []);

    private Tensor Matrix(string name, int[] blocks, int rows, int columns, NormalNumbers random, double deviation)
    {
        var values = new float[rows * columns];
        foreach (ref var value in values.AsSpan())
        {
            value = (float)(random.Next() * deviation);
        }

        return Add(name, values, [rows, columns], isMatrix: true, blocks);
    }

    private Tensor Add(string name, float[] values, long[] shape, bool isMatrix, int[] blocks)
    {
        var value = tensor(values, shape).requires_grad_();
        _weights.Add(new Weight(name, value, isMatrix, blocks));
        return value;
    }

    private sealed record Layer(Tensor AttentionNorm, Tensor QueryKeyValue, Tensor Output, Tensor FeedForwardNorm, Tensor GateUp, Tensor Down);
}
