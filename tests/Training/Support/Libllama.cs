using Syscribe.Inference.Engine;
using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Training.Tests.Support;

/// <summary>The library that serves what is trained here, set to compute as exactly as it can.</summary>
internal static class Libllama
{
    public static LlamaCppModel Open(string path, params LoraAdapter[] adapters)
    {
        Assert.SkipUnless(LlamaLibrary.Find() is not null, "libllama is not here; run infra/natives or set SYSCRIBE_LLAMA_LIB");
        return LlamaCppModel.Open(new LlamaModelOptions
        {
            Path = path,
            KvType = KvType.F32,
            FlashAttention = FlashAttention.Off,
            ContextTokens = 2048,
            MaxSequences = 1,
            Adapters = adapters,
        });
    }

    /// <summary>Logits after each of <paramref name="tokens"/>.</summary>
    public static float[][] Logits(LlamaCppModel model, IReadOnlyList<int> tokens)
    {
        var logits = new float[tokens.Count][];
        var batch = new TokenBatch(1);
        for (var i = 0; i < tokens.Count; i++)
        {
            batch.Clear();
            batch.Add(tokens[i], i, sequence: 0, wantsLogits: true);
            Assert.Equal(DecodeResult.Ok, model.Decode(batch));
            logits[i] = model.Logits(0).ToArray();
        }

        model.TrimSequence(0, 0);
        return logits;
    }
}
