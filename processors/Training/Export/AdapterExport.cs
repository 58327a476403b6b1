using System.Runtime.InteropServices;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Training.Lora;
using Syscribe.Training.Train;

namespace Syscribe.Training.Export;

/// <summary>Writes an adapter as llama.cpp loads it beside its base; prompt and answers go with it.</summary>
internal static class AdapterExport
{
    /// <summary>Writes <paramref name="model"/>'s thin matrices, F32.</summary>
    public static void Write(string path, LoraModel model, AnswerFile answers, string recipe)
    {
        var writer = new GgufWriter()
            .Set("general.architecture", "llama")
            .Set("general.type", "adapter")
            .Set("general.name", "syscribe")
            .Set("general.license", "apache-2.0")
            .Set("adapter.type", "lora")
            .Set("adapter.lora.alpha", (float)model.Alpha)
            .Set(LlamaCppModel.PromptKey, answers.Prompt)
            .Set(LlamaCppModel.AnswersKey, answers.Answers)
            .Set(LlamaCppModel.RulesKey, answers.Rules)
            .Set(LlamaCppModel.TagsKey, answers.Tags)
            .Set(GgufExport.RuleSetKey, answers.Digest)
            .Set(GgufExport.RecipeKey, recipe);
        foreach (var (name, value, _, _) in model.Weights)
        {
            writer.Add(name, GgufType.F32, [value.shape[1], value.shape[0]], MemoryMarshal.Cast<byte, float>(value.bytes).ToArray());
        }

        writer.WriteTo(path);
    }
}
