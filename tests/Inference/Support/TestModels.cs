using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Inference.Tests.Support;

/// <summary>Small models with random weights, made once per test run; and the natives that run them.</summary>
internal static class TestModels
{
    public const string Prompt = "You judge one system call of a Linux machine. Answer with the alert it deserves, or NONE.\n{event}\nalert: ";

    public static readonly string[] Answers =
    [
        "NONE",
        "Critical Shell opened in a container (%proc.name %container.id)",
        "Critical Shell opened from a web server (%proc.name)",
        "Warning Sensitive file read (%fd.name by %proc.name)",
        "Warning Sensitive file written (%fd.name by %proc.name)",
        "Notice Kernel module loaded by %user.name",
    ];

    public static SpmVocabulary Vocabulary { get; } = SpmVocabulary.Train(
        [Prompt, .. Answers, .. Samples.Texts(40)], ["NONE", "Critical", "Warning", "Notice"], size: 640);

    private static readonly Lazy<string> TinyFile = new(() => Make("tiny", LlamaShape.Tiny));

    /// <summary>Path of the tiny model. Skips the test where libllama is not installed.</summary>
    public static string Tiny
    {
        get
        {
            RequireNatives();
            return TinyFile.Value;
        }
    }

    /// <summary>Path of the model that ships. Skips the test where libllama is not installed.</summary>
    public static string Shipped
    {
        get
        {
            RequireNatives();
            return ShippedModel.Path ?? throw new InvalidOperationException($"{ShippedModel.FileName} is not beside the tests");
        }
    }

    public static void RequireNatives() => Assert.SkipWhen(LlamaLibrary.Find() is null, LlamaLibrary.NotFound());

    /// <summary>Exact arithmetic: F32 cells, no fused attention.</summary>
    public static LlamaModelOptions Exact(string path) => new()
    {
        Path = path,
        KvType = KvType.F32,
        FlashAttention = FlashAttention.Off,
        MaxSequences = 8,
        MaxBatchTokens = 256,
        ContextTokens = 4096,
    };

    private static string Make(string name, LlamaShape shape)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("syscribe-model-").FullName, name + ".gguf");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        SyntheticLlama.Write(path, shape, Vocabulary, Prompt, Answers, seed: 7, scale: 0.3f);
        return path;
    }
}
