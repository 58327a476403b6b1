using System.Runtime.InteropServices;
using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Training.Model;
using Syscribe.Training.Tests.Support;
using static TorchSharp.torch;

namespace Syscribe.Training.Tests.Export;

public sealed class GgufExportTests
{
    [Fact]
    public void Libllama_computes_the_logits_of_the_trainer()
    {
        using var folder = new TemporaryFolder();
        using var training = new TinyTraining().Run(8);
        training.Export(folder.File("model.gguf"));
        using var served = Libllama.Open(folder.File("model.gguf"));

        foreach (var example in TinyTraining.Examples.Take(5))
        {
            int[] tokens = [SpmVocabulary.Begin, .. TinyTraining.Vocabulary.Tokenizer().Tokenize(Encoding.UTF8.GetBytes(example.Text))];
            var expected = Logits(training.Model, tokens);
            var actual = Libllama.Logits(served, tokens);
            for (var i = 0; i < tokens.Length; i++)
            {
                Assert.All(expected[i].Zip(actual[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
            }
        }
    }

    [Fact]
    public void The_model_carries_prompt_answers_rules_and_licence()
    {
        using var folder = new TemporaryFolder();
        using var training = new TinyTraining();
        training.Export(folder.File("model.gguf"), GgufType.Q8_0);

        var metadata = GgufFile.Read(folder.File("model.gguf")).Metadata;

        Assert.Equal(TinyTraining.Answers.Prompt, metadata[LlamaCppModel.PromptKey]);
        Assert.Equal(TinyTraining.Answers.Answers, metadata[LlamaCppModel.AnswersKey]);
        Assert.Equal(TinyTraining.Answers.Rules, metadata[LlamaCppModel.RulesKey]);
        Assert.Equal(TinyTraining.Answers.Tags, metadata[LlamaCppModel.TagsKey]);
        Assert.Equal(TinyTraining.Answers.Digest, metadata["syscribe.rules.digest"]);
        Assert.Equal("apache-2.0", metadata["general.license"]);
    }

    [Theory]
    [InlineData(GgufType.F16)]
    [InlineData(GgufType.Q8_0)]
    public void Smaller_number_types_load_and_answer(GgufType type)
    {
        using var folder = new TemporaryFolder();
        using var training = new TinyTraining().Run(2);
        training.Export(folder.File("model.gguf"), type);
        using var served = Libllama.Open(folder.File("model.gguf"));

        int[] tokens = [SpmVocabulary.Begin, .. served.Tokenize("call=execve"u8, TokenText.Data)];
        Assert.All(Libllama.Logits(served, tokens)[^1].Zip(Logits(training.Model, tokens)[^1]), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
    }

    internal static float[][] Logits(ITorchModel model, int[] tokens)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var states = model.States(tensor(tokens.Select(token => (long)token).ToArray()).view(1, -1), arange(tokens.Length));
        var all = MemoryMarshal.Cast<byte, float>(model.Logits(states).contiguous().bytes);
        return [.. all.ToArray().Chunk(all.Length / tokens.Length)];
    }
}
