namespace Syscribe.Inference.LlamaCpp;

/// <summary>Number type of the KV cache; values are <c>ggml_type</c>'s.</summary>
public enum KvType
{
    /// <summary>Exact, twice the memory.</summary>
    F32 = 0,

    /// <summary>Logits within about 4e-3 of F32.</summary>
    F16 = 1,

    /// <summary>Half of F16's memory; needs flash attention.</summary>
    Q8 = 8,
}

/// <summary>Whether attention uses the fused kernel.</summary>
public enum FlashAttention
{
    Automatic = -1,
    Off = 0,
    On = 1,
}

/// <summary>A LoRA adapter in GGUF form, added to the model's weights at run time.</summary>
/// <param name="Path">File.</param>
/// <param name="Scale">Its weight; 1 as trained.</param>
public sealed record LoraAdapter(string Path, float Scale = 1);

/// <summary>How a GGUF model is loaded. Tokens are the unit of every size.</summary>
public sealed record LlamaModelOptions
{
    /// <summary>The GGUF file.</summary>
    public required string Path { get; init; }

    /// <summary>Directory of libllama; null (default) for the places that <see cref="LlamaLibrary"/> names.</summary>
    public string? LibraryDirectory { get; init; }

    /// <summary>Layers on the GPU: 0 (default) none, -1 all. Other than 0 without a usable GPU, the start fails.</summary>
    public int GpuLayers { get; init; }

    /// <summary>Threads that compute, 1 to 512. Default 1: ggml's barriers spin, so more than idle cores is slower than one.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>KV cells shared by all sequences, at least 64. Default 4096.</summary>
    public int ContextTokens { get; init; } = 4096;

    /// <summary>Prompts that may be decoded together, 1 to 255. Default 16: on a CPU each token attends over all of their cells.</summary>
    public int MaxSequences { get; init; } = 16;

    /// <summary>Most tokens of one decode step, 1 to 65536. Default 512.</summary>
    public int MaxBatchTokens { get; init; } = 512;

    /// <summary>Default <see cref="KvType.F16"/>.</summary>
    public KvType KvType { get; init; } = KvType.F16;

    /// <summary>Default <see cref="FlashAttention.Automatic"/>.</summary>
    public FlashAttention FlashAttention { get; init; } = FlashAttention.Automatic;

    /// <summary>Adapters, applied together. Default none.</summary>
    public IReadOnlyList<LoraAdapter> Adapters { get; init; } = [];

    /// <summary>Everything that is wrong with these options, one sentence each; empty when they hold.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Check(problems, !string.IsNullOrWhiteSpace(Path), "Path is empty; it names a GGUF file");
        Check(problems, GpuLayers >= -1, $"GpuLayers is {GpuLayers}; allowed are -1 (all) and up");
        Check(problems, Threads is >= 1 and <= 512, $"Threads is {Threads}; allowed are 1 to 512");
        Check(problems, ContextTokens >= 64, $"ContextTokens is {ContextTokens}; allowed are 64 and up");
        Check(problems, MaxSequences is >= 1 and <= 255, $"MaxSequences is {MaxSequences}; allowed are 1 to 255");
        Check(problems, MaxBatchTokens is >= 1 and <= 65536, $"MaxBatchTokens is {MaxBatchTokens}; allowed are 1 to 65536");
        Check(problems, Enum.IsDefined(KvType), $"KvType is {(int)KvType}; allowed are F32, F16, Q8");
        return problems;
    }

    private static void Check(List<string> problems, bool holds, string problem)
    {
        if (!holds)
        {
            problems.Add(problem);
        }
    }
}
