using System.Runtime.InteropServices;
using Syscribe.Inference.Gguf;
using Syscribe.Training.Model;
using static TorchSharp.torch;

namespace Syscribe.Training.Lora;

/// <summary>Reads a base from GGUF, its tokeniser with it.</summary>
internal static class GgufBase
{
    /// <summary>Opens the file.</summary>
    /// <exception cref="TrainingException">It is no LLaMA with a SentencePiece vocabulary, or of types that are not known.</exception>
    public static BaseModel Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            return Read(path, GgufFile.Read(stream, path), stream);
        }
        catch (Exception e) when (e is GgufException or IOException or UnauthorizedAccessException or InvalidCastException or KeyNotFoundException or ArgumentException)
        {
            throw new TrainingException($"Reading the base {path} failed: {e.Message}", e);
        }
    }

    private static BaseModel Read(string path, GgufFile file, FileStream stream)
    {
        var keys = file.Metadata;
        Require(path, keys, "general.architecture", "llama", null);
        Require(path, keys, "tokenizer.ggml.model", "llama", null);
        Require(path, keys, "llama.rope.scaling.type", "none", "none");
        var heads = Number("llama.attention.head_count");
        var shape = new LlamaShape(
            Number("llama.embedding_length"), Number("llama.block_count"), heads,
            keys.ContainsKey("llama.attention.head_count_kv") ? Number("llama.attention.head_count_kv") : heads,
            Number("llama.feed_forward_length"), Number("llama.context_length"));
        var tensors = file.Tensors.ToDictionary(tensor => tensor.Name);
        var matrices = BaseModel.Projections(shape).Select(projection => projection.Name).Append("token_embd")
            .Concat(tensors.ContainsKey("output.weight") ? ["output"] : []);
        return new BaseModel
        {
            Shape = shape,
            RopeBase = keys.GetValueOrDefault("llama.rope.freq_base") as float? ?? LlamaModel.RopeBase,
            NormEpsilon = (float)keys["llama.attention.layer_norm_rms_epsilon"],
            Tokenizer = new SpmTokenizer(
                (string[])keys["tokenizer.ggml.tokens"], (float[])keys["tokenizer.ggml.scores"], (int[])keys["tokenizer.ggml.token_type"],
                keys.GetValueOrDefault("tokenizer.ggml.add_space_prefix") as bool? ?? true),
            BeginToken = Number("tokenizer.ggml.bos_token_id"),
            EndToken = Number("tokenizer.ggml.eos_token_id"),
            Matrices = matrices.ToDictionary(name => name, name =>
            {
                var tensor = Tensor(name);
                return FrozenMatrix.Of(tensor.Type, Bytes(tensor), tensor.Shape[1], tensor.Shape[0]);
            }),
            Norms = BaseModel.NormNames(shape).ToDictionary(name => name, name => tensor(MemoryMarshal.Cast<byte, float>(Bytes(Tensor(name))).ToArray())),
        };

        int Number(string key) => Convert.ToInt32(keys[key], System.Globalization.CultureInfo.InvariantCulture);

        GgufTensor Tensor(string name) => tensors.GetValueOrDefault(name + ".weight") ?? throw new TrainingException($"{path} has no tensor {name}.weight.");

        byte[] Bytes(GgufTensor tensor)
        {
            var bytes = new byte[GgufTensor.BytesOf(tensor.Type, tensor.Elements)];
            stream.Position = file.DataOffset + tensor.Offset;
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    private static void Require(string path, IReadOnlyDictionary<string, object> keys, string key, string wanted, string? otherwise)
    {
        if ((keys.GetValueOrDefault(key) as string ?? otherwise) is var found && found != wanted)
        {
            throw new TrainingException($"The base {path} has {key} \"{found}\"; LoRA here needs \"{wanted}\".");
        }
    }
}
