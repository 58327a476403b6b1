using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Inference.Measure;

/// <summary>What a token costs in a LLaMA model, from its file's header.</summary>
public sealed record ModelCost
{
    /// <summary>Weights.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of all weights.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Bytes of the weights that each decode step reads: all but the table of embeddings, of which it takes rows.</summary>
    public required long StepBytes { get; init; }

    /// <summary>Weights that each token is multiplied with.</summary>
    public required long MultipliedWeights { get; init; }

    /// <summary>Bytes that one token's key and value take in the cache.</summary>
    public required long KvBytesPerToken { get; init; }

    /// <summary>Layers times width: attention's share of the arithmetic is four times that for each token attended to.</summary>
    public required long AttentionWidth { get; init; }

    /// <summary>Multiplications and additions of a token that attends to <paramref name="context"/> others.</summary>
    public double Flops(double context) => (2.0 * MultipliedWeights) + (4.0 * AttentionWidth * context);

    /// <summary>Reads the header of a model file.</summary>
    /// <exception cref="GgufException">It is no LLaMA model in GGUF form.</exception>
    public static ModelCost Of(string path, KvType kv)
    {
        var file = GgufFile.Read(path);
        var end = new FileInfo(path).Length - file.DataOffset;
        var byOffset = file.Tensors.OrderBy(tensor => tensor.Offset).ToArray();

        // From offset to offset, so that it holds for number types that we know nothing of.
        var bytes = byOffset.Select((tensor, i) => (tensor, Bytes: (i + 1 < byOffset.Length ? byOffset[i + 1].Offset : end) - tensor.Offset))
            .ToDictionary(entry => entry.tensor.Name, entry => entry.Bytes);
        var isTied = !bytes.ContainsKey("output.weight");
        bool IsLookedUp(GgufTensor tensor) => tensor.Name == "token_embd.weight" && !isTied;
        var (layers, width) = (Number("block_count"), Number("embedding_length"));
        var (heads, kvHeads) = (Number("attention.head_count"), Number("attention.head_count_kv"));
        return new ModelCost
        {
            Parameters = file.Tensors.Sum(tensor => tensor.Elements),
            FileBytes = bytes.Values.Sum(),
            StepBytes = file.Tensors.Where(tensor => !IsLookedUp(tensor)).Sum(tensor => bytes[tensor.Name]),
            MultipliedWeights = file.Tensors.Where(tensor => tensor.Shape.Count > 1 && !IsLookedUp(tensor)).Sum(tensor => tensor.Elements),
            KvBytesPerToken = 2 * layers * (width / heads * kvHeads) * (kv switch { KvType.F32 => 4, KvType.F16 => 2, _ => 1 }),
            AttentionWidth = layers * width,
        };

        long Number(string key) => file.Metadata.TryGetValue("llama." + key, out var value)
            ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)
            : throw new GgufException($"{path} lacks the key llama.{key}: it is no LLaMA model, and what a token costs is not known.");
    }
}
