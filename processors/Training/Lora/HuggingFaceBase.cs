using System.Text.Json;
using Syscribe.Inference.Gguf;
using Syscribe.Training.Model;
using static TorchSharp.torch;

namespace Syscribe.Training.Lora;

/// <summary>
/// Reads a base from a folder as Hugging Face has it: <c>config.json</c>, <c>*.safetensors</c>, <c>tokenizer.model</c>. There a
/// head's pairs for the rotation are (i, i + size / 2); rows of query and key are put in llama.cpp's order, (2i, 2i + 1), as
/// its converter does, so that the adapter fits the converted model.
/// </summary>
internal static class HuggingFaceBase
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["attn_q"] = "self_attn.q_proj", ["attn_k"] = "self_attn.k_proj", ["attn_v"] = "self_attn.v_proj", ["attn_output"] = "self_attn.o_proj",
        ["ffn_gate"] = "mlp.gate_proj", ["ffn_up"] = "mlp.up_proj", ["ffn_down"] = "mlp.down_proj",
        ["attn_norm"] = "input_layernorm", ["ffn_norm"] = "post_attention_layernorm",
    };

    /// <summary>Opens the folder.</summary>
    /// <exception cref="TrainingException">A file is missing or broken, or it is no LLaMA that can be trained on.</exception>
    public static BaseModel Open(string folder)
    {
        var files = new List<Safetensors>();
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
            files.AddRange(Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).Select(Safetensors.Open));
            return Read(folder, config.RootElement, files);
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or UnauthorizedAccessException)
        {
            throw new TrainingException($"Reading the base in {folder} failed: {e.Message}", e);
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private static BaseModel Read(string folder, JsonElement config, List<Safetensors> files)
    {
        if (config.GetProperty("model_type").GetString() != "llama" || (config.TryGetProperty("rope_scaling", out var scaling) && scaling.ValueKind != JsonValueKind.Null))
        {
            throw new TrainingException($"The base in {folder} is no plain LLaMA: model_type must be llama, rope_scaling null.");
        }

        var heads = config.GetProperty("num_attention_heads").GetInt32();
        var shape = new LlamaShape(
            config.GetProperty("hidden_size").GetInt32(), config.GetProperty("num_hidden_layers").GetInt32(), heads,
            config.TryGetProperty("num_key_value_heads", out var kv) ? kv.GetInt32() : heads,
            config.GetProperty("intermediate_size").GetInt32(), config.GetProperty("max_position_embeddings").GetInt32());
        var where = files.SelectMany(file => file.Tensors.Keys.Select(name => (name, file))).ToDictionary(pair => pair.name, pair => pair.file);
        var matrices = BaseModel.Projections(shape).ToDictionary(projection => projection.Name, projection => Matrix(projection.Name));
        matrices.Add("token_embd", Plain("model.embed_tokens.weight"));
        if (where.ContainsKey("lm_head.weight"))
        {
            matrices.Add("output", Plain("lm_head.weight"));
        }

        var pieces = SentencePieceModel.Read(Path.Combine(folder, "tokenizer.model"));
        return new BaseModel
        {
            Shape = shape,
            RopeBase = config.TryGetProperty("rope_theta", out var theta) ? theta.GetSingle() : LlamaModel.RopeBase,
            NormEpsilon = config.GetProperty("rms_norm_eps").GetSingle(),
            Tokenizer = new SpmTokenizer(pieces.Texts, pieces.Scores, pieces.Types, addSpacePrefix: true),
            BeginToken = config.GetProperty("bos_token_id").GetInt32(),
            EndToken = config.GetProperty("eos_token_id").GetInt32(),
            Matrices = matrices,
            Norms = BaseModel.NormNames(shape).ToDictionary(name => name, name => tensor(Owner(NameOf(name)).ReadFloats(NameOf(name)))),
        };

        Safetensors Owner(string name) => where.GetValueOrDefault(name) ?? throw new TrainingException($"No file in {folder} holds tensor {name}.");

        FrozenMatrix Plain(string name)
        {
            var (type, rows, columns, bytes) = Owner(name).ReadMatrix(name);
            return FrozenMatrix.Of(type, bytes, rows, columns);
        }

        FrozenMatrix Matrix(string name)
        {
            var (type, rows, columns, bytes) = Owner(NameOf(name)).ReadMatrix(NameOf(name));
            var turned = name.EndsWith("attn_q", StringComparison.Ordinal) ? shape.Heads : name.EndsWith("attn_k", StringComparison.Ordinal) ? shape.KvHeads : 0;
            return FrozenMatrix.Of(type, turned == 0 ? bytes : Interleaved(bytes, turned, checked((int)rows)), rows, columns);
        }
    }

    // Row i of the upper half of a head goes to 2i, row i of the lower half to 2i + 1.
    private static byte[] Interleaved(byte[] bytes, int heads, int rows)
    {
        var (result, row, half) = (new byte[bytes.Length], bytes.Length / rows, rows / heads / 2);
        for (var i = 0; i < rows; i++)
        {
            var (head, inHead) = (i / (2 * half), i % (2 * half));
            var to = (head * 2 * half) + (inHead < half ? 2 * inHead : (2 * (inHead - half)) + 1);
            bytes.AsSpan(i * row, row).CopyTo(result.AsSpan(to * row));
        }

        return result;
    }

    private static string NameOf(string name) => name.Split('.') is ["blk", var layer, var part]
        ? $"model.layers.{layer}.{Names[part]}.weight"
        : name == "output_norm" ? "model.norm.weight" : throw new ArgumentException(name);
}
