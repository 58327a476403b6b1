using System.Runtime.InteropServices;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Training.Model;
using Syscribe.Training.Train;

namespace Syscribe.Training.Export;

/// <summary>Writes a trained model as llama.cpp and our engine read it.</summary>
public static class GgufExport
{
    /// <summary>GGUF key of the digest of the rules that the model was trained on.</summary>
    public const string RuleSetKey = "syscribe.rules.digest";

    /// <summary>GGUF key that tells how the model was made, one line of text.</summary>
    public const string RecipeKey = "syscribe.training";

    // general.file_type as llama.cpp numbers it: LLAMA_FTYPE_ALL_F32, MOSTLY_F16, MOSTLY_Q8_0.
    private static readonly Dictionary<GgufType, uint> FileTypes = new() { [GgufType.F32] = 0, [GgufType.F16] = 1, [GgufType.Q8_0] = 7 };

    /// <summary>Writes <paramref name="model"/>; the same weights give the same bytes.</summary>
    /// <param name="path">File to write; replaced if there.</param>
    /// <param name="model">The model.</param>
    /// <param name="vocabulary">Its tokeniser.</param>
    /// <param name="answers">Prompt, answers and rules.</param>
    /// <param name="type">Of the matrices; norms are F32.</param>
    /// <param name="recipe">How it was made.</param>
    public static void Write(string path, LlamaModel model, SpmVocabulary vocabulary, AnswerFile answers, GgufType type, string recipe)
    {
        ArgumentNullException.ThrowIfNull(model);
        var writer = new GgufWriter();
        SyntheticLlama.WriteKeys(writer, model.Shape, model.VocabularySize);
        writer.Set("general.type", "model")
            .Set("general.name", "syscribe")
            .Set("general.description", "Alerts from system calls, trained on rules")
            .Set("general.license", "apache-2.0")
            .Set("general.file_type", FileTypes[type]);
        vocabulary.WriteTo(writer);
        writer.Set(LlamaCppModel.PromptKey, answers.Prompt)
            .Set(LlamaCppModel.AnswersKey, answers.Answers)
            .Set(LlamaCppModel.RulesKey, answers.Rules)
            .Set(LlamaCppModel.TagsKey, answers.Tags)
            .Set(RuleSetKey, answers.Digest)
            .Set(RecipeKey, recipe);
        foreach (var weight in model.Weights)
        {
            Add(writer, model.Shape, weight, type);
        }

        writer.WriteTo(path);
    }

    private static void Add(GgufWriter writer, LlamaShape shape, Weight weight, GgufType type)
    {
        var values = MemoryMarshal.Cast<byte, float>(weight.Value.bytes).ToArray();
        if (!weight.IsMatrix)
        {
            writer.Add(weight.Name + ".weight", GgufType.F32, [values.Length], values);
            return;
        }

        var columns = weight.Value.shape[1];
        var start = 0;
        foreach (var (name, rows) in Parts(shape, weight))
        {
            var length = checked((int)(rows * columns));
            writer.Add(name + ".weight", type, [columns, rows], values.AsMemory(start, length));
            start += length;
        }
    }

    // Fused matrices fall apart into their rows.
    private static IEnumerable<(string Name, long Rows)> Parts(LlamaShape shape, Weight weight)
    {
        var keys = LlamaModel.KeyWidth(shape);
        return weight.Name[(weight.Name.LastIndexOf('.') + 1)..] switch
        {
            "attn_qkv" => [(Sibling("attn_q"), shape.Width), (Sibling("attn_k"), keys), (Sibling("attn_v"), keys)],
            "ffn_gate_up" => [(Sibling("ffn_gate"), shape.FeedForward), (Sibling("ffn_up"), shape.FeedForward)],
            _ => [(weight.Name, weight.Value.shape[0])],
        };

        string Sibling(string name) => weight.Name[..(weight.Name.LastIndexOf('.') + 1)] + name;
    }
}
