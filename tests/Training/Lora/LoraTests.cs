using System.Text;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Training.Export;
using Syscribe.Training.Lora;
using Syscribe.Training.Tests.Export;
using Syscribe.Training.Tests.Support;
using Syscribe.Training.Train;

namespace Syscribe.Training.Tests.Lora;

public sealed class LoraTests
{
    private static readonly TrainOptions Options = TinyTraining.Options with { Steps = 20, LearningRate = 1e-2, WarmUpSteps = 2, WeightDecay = 0 };

    [Theory]
    [InlineData(GgufType.F32)]
    [InlineData(GgufType.F16)]
    [InlineData(GgufType.Q8_0)]
    public void The_adapter_changes_libllamas_logits_as_the_trainer_says(GgufType type)
    {
        using var folder = new TemporaryFolder();
        MakeBase(folder.File("base.gguf"), type);
        using var model = BaseModel.Open(folder.File("base.gguf"));
        using var adapter = new LoraModel(model, rank: 4, alpha: 8, seed: 2);
        int[] tokens = [model.BeginToken, .. model.Tokenizer.Tokenize(Encoding.UTF8.GetBytes(TinyTraining.Examples[0].Text))];
        var before = GgufExportTests.Logits(adapter, tokens);
        Train(model, adapter, steps: 4);
        var after = GgufExportTests.Logits(adapter, tokens);
        AdapterExport.Write(folder.File("adapter.gguf"), adapter, TinyTraining.Answers, "a test");

        using var plain = Libllama.Open(folder.File("base.gguf"));
        using var adapted = Libllama.Open(folder.File("base.gguf"), new LoraAdapter(folder.File("adapter.gguf")));

        // libllama rounds states to eight bits before it multiplies them with a Q8_0 matrix.
        var tolerance = type == GgufType.F32 ? 1e-3f : type == GgufType.F16 ? 5e-3f : 5e-2f;
        AssertNear(before, Libllama.Logits(plain, tokens), tolerance);
        AssertNear(after, Libllama.Logits(adapted, tokens), tolerance);
        Assert.True(before[^1].Zip(after[^1]).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.2, "training changed nothing");
        Assert.Equal(TinyTraining.Answers.Answers, adapted.Answers);
        Assert.Equal(TinyTraining.Answers.Prompt, adapted.PromptTemplate);
    }

    [Fact]
    public void An_adapter_learns_and_the_same_seed_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        MakeBase(folder.File("base.gguf"), GgufType.F32);

        Assert.Equal(Run("a"), Run("b"));

        byte[] Run(string name)
        {
            using var model = BaseModel.Open(folder.File("base.gguf"));
            using var adapter = new LoraModel(model, rank: 4, alpha: 8, seed: 2);
            var losses = Train(model, adapter, steps: 16);
            var (first, last) = (losses.Take(4).Average(), losses.TakeLast(4).Average());
            Assert.True(last < 0.8 * first, $"{first} at first, {last} at last");
            AdapterExport.Write(folder.File(name), adapter, TinyTraining.Answers, "a test");
            return File.ReadAllBytes(folder.File(name));
        }
    }

    [Fact]
    public void A_base_as_Hugging_Face_has_it_is_the_same_base()
    {
        using var folder = new TemporaryFolder();
        MakeBase(folder.File("base.gguf"), GgufType.F32);
        using var model = BaseModel.Open(folder.File("base.gguf"));
        HuggingFaceFolder.Write(folder.File("hf"), model, TinyTraining.Vocabulary);

        using var read = BaseModel.Open(folder.File("hf"));
        using var ours = new LoraModel(model, 1, 1, 1);
        using var theirs = new LoraModel(read, 1, 1, 1);

        int[] tokens = [1, 300, 301, 302, 400, 5, 6, 7];
        AssertNear(GgufExportTests.Logits(ours, tokens), GgufExportTests.Logits(theirs, tokens), 1e-4f);
        Assert.Equal(model.Shape, read.Shape);
        Assert.Equal((model.BeginToken, model.EndToken), (read.BeginToken, read.EndToken));

        // SentencePiece puts a blank before a text; our own vocabularies do not.
        Assert.Equal(model.Tokenizer.Tokenize(" sh -c"u8), read.Tokenizer.Tokenize("sh -c"u8));
    }

    [Fact]
    public void A_base_of_another_architecture_is_refused_with_its_name()
    {
        using var folder = new TemporaryFolder();
        new GgufWriter().Set("general.architecture", "qwen2").WriteTo(folder.File("other.gguf"));

        var refusal = Assert.Throws<TrainingException>(() => BaseModel.Open(folder.File("other.gguf")));

        Assert.Contains("qwen2", refusal.Message, StringComparison.Ordinal);
    }

    private static void MakeBase(string path, GgufType type)
    {
        using var training = new TinyTraining().Run(6);
        training.Export(path, type);
    }

    private static List<double> Train(BaseModel model, LoraModel adapter, int steps)
    {
        var frame = Frame.Of(TinyTraining.Answers.Prompt, TinyTraining.Answers.Answers, model.Tokenizer, model.BeginToken, model.EndToken);
        var examples = PreparedExamples.Of(TinyTraining.Examples.Take(200), frame, model.Tokenizer, 512);
        using var trainer = new Trainer(adapter.Weights, new TorchGradients(adapter), examples, Options);
        return [.. Enumerable.Range(0, steps).Select(_ => trainer.Next().Loss)];
    }

    private static void AssertNear(float[][] expected, float[][] actual, float tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.All(expected[i].Zip(actual[i]), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }
}
