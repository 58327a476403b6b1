using Syscribe.Inference.Gguf;
using static TorchSharp.torch;

namespace Syscribe.Training.Lora;

/// <summary>A LLaMA that is not trained itself. Names are GGUF's, without <c>.weight</c>.</summary>
internal sealed class BaseModel : IDisposable
{
    /// <summary>Its shape.</summary>
    public required LlamaShape Shape { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public required float RopeBase { get; init; }

    /// <summary>Added to the mean square in norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Its tokeniser.</summary>
    public required SpmTokenizer Tokenizer { get; init; }

    /// <summary>Token that every prompt begins with.</summary>
    public required int BeginToken { get; init; }

    /// <summary>Token that ends an answer.</summary>
    public required int EndToken { get; init; }

    /// <summary>Matrices by name; <c>output</c> is missing where it is the embedding.</summary>
    public required IReadOnlyDictionary<string, FrozenMatrix> Matrices { get; init; }

    /// <summary>Norms by name.</summary>
    public required IReadOnlyDictionary<string, Tensor> Norms { get; init; }

    /// <summary>Opens a GGUF file or a folder of safetensors.</summary>
    /// <exception cref="TrainingException">It is neither, or no LLaMA that can be trained on.</exception>
    public static BaseModel Open(string path) => Directory.Exists(path) ? HuggingFaceBase.Open(path) : GgufBase.Open(path);

    /// <summary>Names and shapes, rows first, of all matrices of a shape but the embedding and the output.</summary>
    public static IEnumerable<(string Name, long Rows, long Columns)> Projections(LlamaShape shape)
    {
        var keys = shape.Width / shape.Heads * shape.KvHeads;
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            yield return ($"blk.{layer}.attn_q", shape.Width, shape.Width);
            yield return ($"blk.{layer}.attn_k", keys, shape.Width);
            yield return ($"blk.{layer}.attn_v", keys, shape.Width);
            yield return ($"blk.{layer}.attn_output", shape.Width, shape.Width);
            yield return ($"blk.{layer}.ffn_gate", shape.FeedForward, shape.Width);
            yield return ($"blk.{layer}.ffn_up", shape.FeedForward, shape.Width);
            yield return ($"blk.{layer}.ffn_down", shape.Width, shape.FeedForward);
        }
    }

    /// <summary>Names of its norms.</summary>
    public static IEnumerable<string> NormNames(LlamaShape shape) =>
        Enumerable.Range(0, shape.Layers).SelectMany(layer => (string[])[$"blk.{layer}.attn_norm", $"blk.{layer}.ffn_norm"]).Append("output_norm");

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var matrix in Matrices.Values)
        {
            matrix.Dispose();
        }

        foreach (var norm in Norms.Values)
        {
            norm.Dispose();
        }
    }
}
