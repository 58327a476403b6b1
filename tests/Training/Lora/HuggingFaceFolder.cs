using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Syscribe.Inference.Gguf;
using Syscribe.Training.Lora;
using Syscribe.Training.Model;

namespace Syscribe.Training.Tests.Lora;

/// <summary>Writes a base as Hugging Face has LLaMA: names, order of the rotation's pairs, SentencePiece model.</summary>
internal static class HuggingFaceFolder
{
    public static void Write(string folder, BaseModel model, SpmVocabulary vocabulary)
    {
        Directory.CreateDirectory(folder);
        var shape = model.Shape;
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["model_type"] = "llama", ["rope_scaling"] = null, ["hidden_size"] = shape.Width, ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.Heads, ["num_key_value_heads"] = shape.KvHeads, ["intermediate_size"] = shape.FeedForward,
            ["max_position_embeddings"] = shape.ContextTokens, ["rope_theta"] = model.RopeBase, ["rms_norm_eps"] = model.NormEpsilon,
            ["bos_token_id"] = model.BeginToken, ["eos_token_id"] = model.EndToken,
        }));
        var parts = new Dictionary<string, string>
        {
            ["attn_q"] = "self_attn.q_proj", ["attn_k"] = "self_attn.k_proj", ["attn_v"] = "self_attn.v_proj", ["attn_output"] = "self_attn.o_proj",
            ["ffn_gate"] = "mlp.gate_proj", ["ffn_up"] = "mlp.up_proj", ["ffn_down"] = "mlp.down_proj",
        };
        var tensors = new List<(string, long[], ReadOnlyMemory<float>)> { ("model.embed_tokens.weight", model.Matrices["token_embd"].Shape, Floats(model.Matrices["token_embd"])) };
        foreach (var (name, rows, columns) in BaseModel.Projections(shape))
        {
            var (layer, part) = (name.Split('.')[1], name.Split('.')[2]);
            var values = Floats(model.Matrices[name]);
            var heads = part == "attn_q" ? shape.Heads : part == "attn_k" ? shape.KvHeads : 0;
            tensors.Add(($"model.layers.{layer}.{parts[part]}.weight", [rows, columns], heads == 0 ? values : Halves(values, heads, (int)rows)));
        }

        foreach (var (name, norm) in model.Norms)
        {
            var target = name == "output_norm" ? "model.norm.weight"
                : $"model.layers.{name.Split('.')[1]}.{(name.EndsWith("attn_norm", StringComparison.Ordinal) ? "input_layernorm" : "post_attention_layernorm")}.weight";
            tensors.Add((target, norm.shape, MemoryMarshal.Cast<byte, float>(norm.bytes).ToArray()));
        }

        // Two files, as large models are cut.
        Safetensors.Write(Path.Combine(folder, "model-1.safetensors"), [.. tensors.Take(4)], new Dictionary<string, string>());
        Safetensors.Write(Path.Combine(folder, "model-2.safetensors"), [.. tensors.Skip(4)], new Dictionary<string, string>());
        File.WriteAllBytes(Path.Combine(folder, "tokenizer.model"), [.. vocabulary.Tokens.SelectMany((text, id) => Piece(text, vocabulary.Scores[id], vocabulary.Types[id]))]);
    }

    private static float[] Floats(FrozenMatrix matrix)
    {
        using var wide = matrix.Wide();
        return MemoryMarshal.Cast<byte, float>(wide.bytes).ToArray();
    }

    // (2i, 2i + 1) to (i, i + size / 2).
    private static float[] Halves(float[] values, int heads, int rows)
    {
        var (columns, size) = (values.Length / rows, rows / heads);
        var result = new float[values.Length];
        for (var i = 0; i < rows; i++)
        {
            var (head, pair, odd) = (i / size, i % size / 2, i % 2);
            values.AsSpan(i * columns, columns).CopyTo(result.AsSpan(((head * size) + pair + (odd * size / 2)) * columns));
        }

        return result;
    }

    private static byte[] Piece(string text, float score, int type)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var number = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(number, score);
        byte[] message = [0x0A, (byte)bytes.Length, .. bytes, 0x15, .. number, 0x18, (byte)type];
        return [0x0A, (byte)message.Length, .. message];
    }
}
