using System.Runtime.InteropServices;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Tests.Support;

namespace Syscribe.Inference.Tests.LlamaCpp;

/// <summary>
/// Our structs against the library itself: its default-parameter functions write into a buffer of ours, filled before,
/// so that which bytes they write and what stands at each offset is seen without any layout of ours in between.
/// </summary>
public sealed unsafe class NativeAbiTests
{
    private const int BufferBytes = 512;

    public static TheoryData<string, int, string> ModelParams => Rows(
        ("Devices", 0, "0:8"), ("TensorBufferOverrides", 8, "0:8"), ("GpuLayers", 16, "-1:4"), ("SplitMode", 20, "1:4"), ("LoadMode", 24, "-1:4"),
        ("LazyMode", 28, "1:4"), ("MainGpu", 32, "0:4"), ("TensorSplit", 40, "0:8"), ("ProgressCallback", 48, "0:8"), ("ProgressUserData", 56, "0:8"),
        ("KvOverrides", 64, "0:8"), ("VocabOnly", 72, "0:1"), ("CheckTensors", 73, "0:1"), ("UseExtraBufferTypes", 74, "1:1"), ("NoHost", 75, "0:1"),
        ("NoAlloc", 76, "0:1"), ("LoadMtp", 77, "0:1"));

    public static TheoryData<string, int, string> ContextParams => Rows(
        ("ContextTokens", 0, "512:4"), ("BatchTokens", 4, "2048:4"), ("MicroBatchTokens", 8, "512:4"), ("MaxSequences", 12, "1:4"),
        ("RsSequences", 16, "0:4"), ("MaxOutputs", 20, "0:4"), ("MaxOutputsPerSequence", 24, "1:4"), ("Threads", 28, "4:4"), ("ThreadsBatch", 32, "4:4"),
        ("ContextType", 36, "0:4"), ("RopeScaling", 40, "-1:4"), ("Pooling", 44, "-1:4"), ("Attention", 48, "-1:4"), ("FlashAttention", 52, "-1:4"),
        ("RopeFreqBase", 56, "0:4"), ("RopeFreqScale", 60, "0:4"), ("DefragThreshold", 84, "-1:f"), ("EvalCallback", 88, "0:8"), ("EvalUserData", 96, "0:8"),
        ("TypeK", 104, "1:4"), ("TypeV", 108, "1:4"), ("AbortCallback", 112, "0:8"), ("AbortUserData", 120, "0:8"), ("Embeddings", 128, "0:1"),
        ("OffloadKqv", 129, "1:1"), ("NoPerf", 130, "1:1"), ("OpOffload", 131, "1:1"), ("SwaFull", 132, "1:1"), ("KvUnified", 133, "0:1"),
        ("Samplers", 136, "0:8"), ("SamplerCount", 144, "0:8"), ("OtherContext", 152, "0:8"));

    public static TheoryData<string, int, string> QuantizeParams => Rows(
        ("Threads", 0, "0:4"), ("FileType", 4, "7:4"), ("OutputTensorType", 8, "43:4"), ("TokenEmbeddingType", 12, "43:4"), ("AllowRequantize", 16, "0:1"),
        ("QuantizeOutputTensor", 17, "1:1"), ("OnlyCopy", 18, "0:1"), ("Pure", 19, "0:1"), ("KeepSplit", 20, "0:1"), ("ImportanceMatrix", 24, "0:8"));

    [Theory]
    [MemberData(nameof(ModelParams))]
    public void Model_parameters_lie_where_the_library_writes_them(string field, int offset, string value) =>
        Check<LlamaModelParams>("llama_model_default_params", field, offset, value);

    [Theory]
    [MemberData(nameof(ContextParams))]
    public void Context_parameters_lie_where_the_library_writes_them(string field, int offset, string value) =>
        Check<LlamaContextParams>("llama_context_default_params", field, offset, value);

    [Theory]
    [MemberData(nameof(QuantizeParams))]
    public void Quantize_parameters_lie_where_the_library_writes_them(string field, int offset, string value) =>
        Check<LlamaQuantizeParams>("llama_model_quantize_default_params", field, offset, value);

    [Theory]
    [InlineData("llama_model_default_params", 80)]
    [InlineData("llama_context_default_params", 160)]
    [InlineData("llama_model_quantize_default_params", 64)]
    public void The_library_writes_within_the_size_of_our_struct(string function, int size)
    {
        var last = LastWritten(function);
        Assert.InRange(last, size - 8, size - 1);
        int[] ours = [sizeof(LlamaModelParams), sizeof(LlamaContextParams), sizeof(LlamaQuantizeParams)];
        Assert.Contains(size, ours);
    }

    [Fact]
    public void A_batch_has_the_size_of_the_library_s_own()
    {
        Assert.Equal(56, sizeof(LlamaBatch));
        Assert.Equal(8, (int)Marshal.OffsetOf<LlamaBatch>(nameof(LlamaBatch.Tokens)));
        Assert.Equal(48, (int)Marshal.OffsetOf<LlamaBatch>(nameof(LlamaBatch.Logits)));
    }

    [Fact]
    public void Our_declarations_return_the_defaults_by_value()
    {
        TestModels.RequireNatives();
        LlamaLibrary.Load();

        Assert.Equal(-1, NativeMethods.llama_model_default_params().GpuLayers);
        Assert.Equal(512u, NativeMethods.llama_context_default_params().ContextTokens);
        Assert.Equal(7, NativeMethods.llama_model_quantize_default_params().FileType);
        Assert.StartsWith("0.5.", LlamaLibrary.Version, StringComparison.Ordinal);
    }

    private static void Check<T>(string function, string field, int offset, string value)
        where T : struct
    {
        var parts = value.Split(':');
        var written = Call(function, fill: 0x5a);
        object seen = parts[1] switch
        {
            "1" => (long)written[offset],
            "4" => (long)MemoryMarshal.Read<int>(written.AsSpan(offset)),
            "f" => (long)MemoryMarshal.Read<float>(written.AsSpan(offset)),
            _ => MemoryMarshal.Read<long>(written.AsSpan(offset)),
        };

        Assert.Equal(long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), seen);
        Assert.Equal(offset, (int)Marshal.OffsetOf<T>(field));
    }

    // The calling convention returns a struct of this size through a pointer that the caller passes first.
    private static byte[] Call(string function, byte fill)
    {
        TestModels.RequireNatives();
        LlamaLibrary.Load();
        var library = Directory.GetFiles(LlamaLibrary.LoadedDirectory!, "libllama*.so").Single(p => !p.Contains("common", StringComparison.Ordinal));
        var export = (delegate* unmanaged[Cdecl]<byte*, byte*>)NativeLibrary.GetExport(NativeLibrary.Load(library), function);
        var buffer = new byte[BufferBytes];
        Array.Fill(buffer, fill);
        fixed (byte* to = buffer)
        {
            export(to);
        }

        return buffer;
    }

    private static int LastWritten(string function)
    {
        var (one, other) = (Call(function, 0x5a), Call(function, 0xa5));
        return Enumerable.Range(0, BufferBytes).Last(i => one[i] == other[i]);
    }

    private static TheoryData<string, int, string> Rows(params (string, int, string)[] rows)
    {
        var data = new TheoryData<string, int, string>();
        foreach (var (field, offset, value) in rows)
        {
            data.Add(field, offset, value);
        }

        return data;
    }
}
