using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Inference.Gguf;

/// <summary>Shape of a LLaMA model.</summary>
/// <param name="Width">Embedding length; a multiple of 32 times the heads makes every type possible.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="KvHeads">Key and value heads.</param>
/// <param name="FeedForward">Width of the feed-forward layers.</param>
/// <param name="ContextTokens">Longest sequence.</param>
public sealed record LlamaShape(int Width, int Layers, int Heads, int KvHeads, int FeedForward, int ContextTokens)
{
    /// <summary>For tests: 0.1 M weights.</summary>
    public static LlamaShape Tiny { get; } = new(64, 2, 4, 4, 128, 2048);

    /// <summary>About the size that a small model of ours has: 3 M weights.</summary>
    public static LlamaShape Small { get; } = new(256, 4, 4, 4, 704, 2048);

    /// <summary>LLaMA 2 7B.</summary>
    public static LlamaShape Llama2With7B { get; } = new(4096, 32, 32, 32, 11008, 4096);

    /// <summary>LLaMA 2 13B.</summary>
    public static LlamaShape Llama2With13B { get; } = new(5120, 40, 40, 40, 13824, 4096);
}

/// <summary>Writes LLaMA models of any shape with random weights: speed does not depend on their values.</summary>
public static class SyntheticLlama
{
    /// <summary>Writes the model.</summary>
    /// <param name="path">File to write; replaced if there.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="vocabulary">Its tokeniser.</param>
    /// <param name="prompt">Template, see <see cref="Text.PromptTemplate"/>.</param>
    /// <param name="answers">Known answers, the harmless one first.</param>
    /// <param name="seed">Same seed, same file.</param>
    /// <param name="type">Type of the matrices; norms are F32.</param>
    /// <param name="scale">Standard deviation of the weights; larger makes decisions clearer.</param>
    public static void Write(
        string path,
        LlamaShape shape,
        SpmVocabulary vocabulary,
        string prompt,
        IReadOnlyList<string> answers,
        int seed = 1,
        GgufType type = GgufType.F32,
        float scale = 0.1f) => Writer(shape, vocabulary, prompt, answers, seed, type, scale).WriteTo(path);

    /// <summary>What writes the model, as <see cref="Write"/> does.</summary>
    public static GgufWriter Writer(
        LlamaShape shape, SpmVocabulary vocabulary, string prompt, IReadOnlyList<string> answers, int seed, GgufType type, float scale)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var writer = new GgufWriter();
        WriteKeys(writer, shape, vocabulary.Count);
        vocabulary.WriteTo(writer);
        writer.Set(LlamaCppModel.PromptKey, prompt).Set(LlamaCppModel.AnswersKey, answers.ToArray());
        WriteTensors(writer, shape, vocabulary.Count, type, new RandomWeights(seed, type, scale));
        return writer;
    }

    /// <summary>Sets the keys that libllama needs of a LLaMA model.</summary>
    public static void WriteKeys(GgufWriter writer, LlamaShape shape, int vocabularySize) =>
        writer.Set("general.architecture", "llama")
            .Set("llama.context_length", (uint)shape.ContextTokens)
            .Set("llama.embedding_length", (uint)shape.Width)
            .Set("llama.block_count", (uint)shape.Layers)
            .Set("llama.feed_forward_length", (uint)shape.FeedForward)
            .Set("llama.attention.head_count", (uint)shape.Heads)
            .Set("llama.attention.head_count_kv", (uint)shape.KvHeads)
            .Set("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Set("llama.rope.dimension_count", (uint)(shape.Width / shape.Heads))
            .Set("llama.rope.freq_base", 10000f)
            .Set("llama.vocab_size", (uint)vocabularySize);

    private static void WriteTensors(GgufWriter writer, LlamaShape shape, int vocabularySize, GgufType type, RandomWeights weights)
    {
        var keys = (long)shape.Width / shape.Heads * shape.KvHeads;
        Matrix("token_embd.weight", shape.Width, vocabularySize);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var block = $"blk.{layer}.";
            Norm(block + "attn_norm.weight");
            Matrix(block + "attn_q.weight", shape.Width, shape.Width);
            Matrix(block + "attn_k.weight", shape.Width, keys);
            Matrix(block + "attn_v.weight", shape.Width, keys);
            Matrix(block + "attn_output.weight", shape.Width, shape.Width);
            Norm(block + "ffn_norm.weight");
            Matrix(block + "ffn_gate.weight", shape.Width, shape.FeedForward);
            Matrix(block + "ffn_up.weight", shape.Width, shape.FeedForward);
            Matrix(block + "ffn_down.weight", shape.FeedForward, shape.Width);
        }

        Norm("output_norm.weight");
        Matrix("output.weight", shape.Width, vocabularySize);

        void Matrix(string name, long columns, long rows) =>
            writer.Add(name, type, [columns, rows], stream => weights.Write(stream, columns * rows));

        void Norm(string name) =>
            writer.Add(name, GgufType.F32, [shape.Width], Enumerable.Repeat(1f, shape.Width).ToArray());
    }
}
