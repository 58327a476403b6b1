using System.Runtime.InteropServices;
using System.Text;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Training.Export;
using Syscribe.Training.Lora;
using Syscribe.Training.Model;
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
        MakeBase(folder.File("base.gguf"), GgufType.F32, steps: 40);

        Assert.Equal(Run("a"), Run("b"));

        byte[] Run(string name)
        {
            using var model = BaseModel.Open(folder.File("base.gguf"));
            using var adapter = new LoraModel(model, rank: 4, alpha: 8, seed: 2);
            var before = Loss(model, adapter);
            Train(model, adapter, steps: 16);
            var after = Loss(model, adapter);
            Assert.True(after < before, $"{before} before, {after} after");
            AdapterExport.Write(folder.File(name), adapter, TinyTraining.Answers, "a test");
            return File.ReadAllBytes(folder.File(name));
        }
    }

    [Theory]
    [InlineData(GgufType.F32)]
    [InlineData(GgufType.Q8_0)]
    public void Going_down_the_gradient_changes_the_loss_by_as_much(GgufType type)
    {
        using var folder = new TemporaryFolder();
        MakeBase(folder.File("base.gguf"), type);
        using var model = BaseModel.Open(folder.File("base.gguf"));
        using var adapter = new LoraModel(model, rank: 4, alpha: 8, seed: 2);
        Train(model, adapter, steps: 2);
        using var gradients = new TorchGradients(adapter);
        foreach (var part in (string[])["blk.0.attn_q", "blk.0.attn_v", "blk.0.ffn_gate", "blk.1.attn_output", "blk.1.ffn_down"])
        {
            foreach (var (weight, i) in adapter.Weights.Select((weight, i) => (weight, i)).Where(pair => pair.weight.Name.StartsWith(part, StringComparison.Ordinal)))
            {
                Loss(model, gradients); // computes the gradients
                var gradient = gradients.Gradient(i).ToArray();
                var length = Math.Sqrt(gradient.Sum(value => (double)value * value));
                var step = 0.02 / length;
                Move(weight, gradient, -step);
                var down = Loss(model, gradients);
                Move(weight, gradient, 2 * step);
                var up = Loss(model, gradients);
                Move(weight, gradient, -step);

                Assert.Equal(0.04 * length, up - down, 0.05 * 0.04 * length + 2e-4);
            }
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

    private static void MakeBase(string path, GgufType type, int steps = 6)
    {
        using var training = new TinyTraining(TinyTraining.Options with { Steps = 60 }).Run(steps);
        training.Export(path, type);
    }

    private static PreparedExamples Examples(BaseModel model)
    {
        var frame = Frame.Of(TinyTraining.Answers.Prompt, TinyTraining.Answers.Answers, model.Tokenizer, model.BeginToken, model.EndToken);
        return PreparedExamples.Of(TinyTraining.Examples.Take(200), frame, model.Tokenizer, 512);
    }

    private static void Train(BaseModel model, LoraModel adapter, int steps)
    {
        using var trainer = new Trainer(adapter.Weights, new TorchGradients(adapter), Examples(model), Options);
        for (var i = 0; i < steps; i++)
        {
            trainer.Next();
        }
    }

    private static void Move(Weight weight, float[] direction, double step)
    {
        var values = MemoryMarshal.Cast<byte, float>(weight.Value.bytes);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] += (float)(direction[i] * step);
        }
    }

    private static double Loss(BaseModel model, LoraModel adapter)
    {
        using var gradients = new TorchGradients(adapter);
        return Loss(model, gradients);
    }

    private static double Loss(BaseModel model, TorchGradients gradients) =>
        gradients.Step(PackedBatch.Of(Examples(model), [.. Enumerable.Range(0, 32).Select(i => (i, false))], Options)).Loss;

    private static void AssertNear(float[][] expected, float[][] actual, float tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.All(expected[i].Zip(actual[i]), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }
}
