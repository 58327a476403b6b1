using System.Security.Cryptography;
using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Tests.Support;

namespace Syscribe.Inference.Tests.LlamaCpp;

public sealed class LlamaCppModelTests
{
    [Fact]
    public void A_synthetic_model_loads_with_its_template_answers_and_digest()
    {
        using var model = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny));

        Assert.Equal(TestModels.Prompt, model.PromptTemplate);
        Assert.Equal(TestModels.Answers, model.Answers);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(TestModels.Tiny))), model.Digest);
        Assert.Equal(SpmVocabulary.End, model.EndToken);
        Assert.True(model.ContextTokens >= 4096);
        Assert.InRange(model.ParameterCount, 100_000, 300_000);
    }

    [Fact]
    public void Tokens_of_a_text_give_the_text_back()
    {
        using var model = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny));
        foreach (var text in Samples.Texts(20))
        {
            var tokens = model.Tokenize(Encoding.UTF8.GetBytes(text), TokenText.Data);

            Assert.Equal(text, model.Detokenize(tokens));
            Assert.True(tokens.Length < text.Length / 2, $"{tokens.Length} tokens for {text.Length} bytes");
        }
    }

    [Theory]
    [InlineData("</s>")]
    [InlineData("<s>")]
    [InlineData("<unk>")]
    [InlineData("a</s>b")]
    public void Special_tokens_exist_in_the_instruction_only(string text)
    {
        using var model = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny));
        var bytes = Encoding.UTF8.GetBytes(text);

        Assert.DoesNotContain(model.Tokenize(bytes, TokenText.Data), token => token <= SpmVocabulary.End);
        Assert.Contains(model.Tokenize(bytes, TokenText.Frame), token => token <= SpmVocabulary.End);
        Assert.Equal(SpmVocabulary.Begin, model.Tokenize(bytes, TokenText.Instruction)[0]);
    }

    [Theory]
    [InlineData(GgufType.F16)]
    [InlineData(GgufType.Q8_0)]
    public void Reduced_number_types_load_and_agree_with_full_ones(GgufType type)
    {
        TestModels.RequireNatives();
        var directory = Directory.CreateTempSubdirectory("syscribe-model-");
        try
        {
            var path = Path.Combine(directory.FullName, "reduced.gguf");
            SyntheticLlama.Write(path, LlamaShape.Tiny, TestModels.Vocabulary, TestModels.Prompt, TestModels.Answers, seed: 7, type, scale: 0.3f);
            using var reduced = LlamaCppModel.Open(TestModels.Exact(path));
            using var full = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny));

            var (few, all) = (LogitsAfter(reduced, "call=openat"), LogitsAfter(full, "call=openat"));
            Assert.InRange(Correlation(few, all), 0.99, 1.0001);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_file_that_is_no_model_says_so()
    {
        TestModels.RequireNatives();
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "not a model at all");
            var e = Assert.Throws<GgufException>(() => LlamaCppModel.Open(TestModels.Exact(path)));
            Assert.Contains("it does not start with GGUF", e.Message, StringComparison.Ordinal);
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_model_that_the_library_refuses_is_reported_with_the_library_s_reason()
    {
        TestModels.RequireNatives();
        var path = Path.GetTempFileName();
        try
        {
            new GgufWriter().Set("general.architecture", "no-such-architecture").WriteTo(path);
            var e = Assert.Throws<LlamaException>(() => LlamaCppModel.Open(TestModels.Exact(path)));
            Assert.Contains("no-such-architecture", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_gpu_that_is_asked_for_and_not_there_fails_the_start()
    {
        using var loaded = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny));
        Assert.SkipWhen(LlamaLibrary.Gpus().Count > 0, "this machine has a GPU that libllama can use");

        var e = Assert.Throws<LlamaException>(() => LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny) with { GpuLayers = -1 }));
        Assert.Contains("see no GPU", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lora_adapter_that_is_missing_is_named()
    {
        var options = TestModels.Exact(TestModels.Tiny) with { Adapters = [new LoraAdapter("/nonexistent/adapter.gguf")] };
        Assert.Throws<DirectoryNotFoundException>(() => LlamaCppModel.Open(options));
    }

    [Fact]
    public void A_directory_without_the_library_is_named_with_the_next_step()
    {
        var empty = Directory.CreateTempSubdirectory("syscribe-empty-");
        try
        {
            Assert.Null(LlamaLibrary.Find(empty.FullName));
            Assert.Contains("infra/natives", LlamaLibrary.NotFound(empty.FullName), StringComparison.Ordinal);
        }
        finally
        {
            empty.Delete();
        }
    }

    [Fact]
    public void Wrong_options_are_all_named()
    {
        var options = new LlamaModelOptions
        {
            Path = " ", GpuLayers = -2, Threads = 0, ContextTokens = 1, MaxSequences = 0, MaxBatchTokens = 0, KvType = (KvType)3,
        };

        var e = Assert.Throws<ArgumentException>(() => LlamaCppModel.Open(options));

        Assert.StartsWith(
            "Model options: Path is empty; it names a GGUF file; GpuLayers is -2; allowed are -1 (all) and up; Threads is 0; allowed are 1 to 512; "
            + "ContextTokens is 1; allowed are 64 and up; MaxSequences is 0; allowed are 1 to 255; MaxBatchTokens is 0; allowed are 1 to 65536; "
            + "KvType is 3; allowed are F32, F16, Q8.",
            e.Message,
            StringComparison.Ordinal);
    }

    private static float[] LogitsAfter(LlamaCppModel model, string text)
    {
        var tokens = model.Tokenize(Encoding.UTF8.GetBytes(text), TokenText.Instruction);
        var batch = new TokenBatch(64);
        for (var i = 0; i < tokens.Length; i++)
        {
            batch.Add(tokens[i], i, 1, i == tokens.Length - 1);
        }

        Assert.Equal(DecodeResult.Ok, model.Decode(batch));
        return model.Logits(tokens.Length - 1).ToArray();
    }

    private static double Correlation(float[] a, float[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        double product = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (a[i] - meanA) * (b[i] - meanB);
            squareA += (a[i] - meanA) * (a[i] - meanA);
            squareB += (b[i] - meanB) * (b[i] - meanB);
        }

        return product / Math.Sqrt(squareA * squareB);
    }
}
