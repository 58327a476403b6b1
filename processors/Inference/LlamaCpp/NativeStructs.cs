using System.Runtime.InteropServices;

namespace Syscribe.Inference.LlamaCpp;

/// <summary><c>llama_model_params</c> of llama.cpp v0.5.0, 80 bytes. Offsets are held by a test against the library's defaults.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaModelParams
{
    public void* Devices;
    public void* TensorBufferOverrides;

    /// <summary>-1: all.</summary>
    public int GpuLayers;

    public int SplitMode;

    /// <summary>-1 automatic, 0 read, 1 mmap, 2 mlock, 3 mmap and mlock, 4 direct I/O.</summary>
    public int LoadMode;

    public int LazyMode;
    public int MainGpu;
    public float* TensorSplit;
    public void* ProgressCallback;
    public void* ProgressUserData;
    public void* KvOverrides;
    public byte VocabOnly;
    public byte CheckTensors;
    public byte UseExtraBufferTypes;
    public byte NoHost;
    public byte NoAlloc;
    public byte LoadMtp;
}

/// <summary><c>llama_context_params</c> of llama.cpp v0.5.0, 160 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaContextParams
{
    public uint ContextTokens;
    public uint BatchTokens;
    public uint MicroBatchTokens;
    public uint MaxSequences;
    public uint RsSequences;
    public uint MaxOutputs;
    public uint MaxOutputsPerSequence;
    public int Threads;
    public int ThreadsBatch;
    public int ContextType;
    public int RopeScaling;
    public int Pooling;
    public int Attention;

    /// <summary>-1 automatic, 0 off, 1 on.</summary>
    public int FlashAttention;

    public float RopeFreqBase;
    public float RopeFreqScale;
    public float YarnExtFactor;
    public float YarnAttnFactor;
    public float YarnBetaFast;
    public float YarnBetaSlow;
    public uint YarnOriginalContext;
    public float DefragThreshold;
    public void* EvalCallback;
    public void* EvalUserData;
    public int TypeK;
    public int TypeV;
    public void* AbortCallback;
    public void* AbortUserData;
    public byte Embeddings;
    public byte OffloadKqv;
    public byte NoPerf;
    public byte OpOffload;
    public byte SwaFull;

    /// <summary>1: all sequences share one buffer. 0 splits prompts of different lengths into many small micro-batches.</summary>
    public byte KvUnified;

    public void* Samplers;
    public nuint SamplerCount;
    public void* OtherContext;
}

/// <summary><c>llama_batch</c>, 56 bytes: parallel arrays of <see cref="TokenCount"/> elements.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaBatch
{
    public int TokenCount;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceCounts;
    public int** SequenceIds;
    public sbyte* Logits;
}

/// <summary><c>llama_model_quantize_params</c> of llama.cpp v0.5.0, 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaQuantizeParams
{
    public int Threads;

    /// <summary><c>llama_ftype</c>: 1 F16, 2 Q4_0, 7 Q8_0, 15 Q4_K_M.</summary>
    public int FileType;

    public int OutputTensorType;
    public int TokenEmbeddingType;
    public byte AllowRequantize;
    public byte QuantizeOutputTensor;
    public byte OnlyCopy;
    public byte Pure;
    public byte KeepSplit;
    public byte DryRun;
    public void* ImportanceMatrix;
    public void* KvOverrides;
    public void* TensorTypes;
    public void* PruneLayers;
    public int Reserved0;
    public int Reserved1;
}
