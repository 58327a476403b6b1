using Syscribe.Inference.Gguf;
using Syscribe.Rules;
using Syscribe.Training.Data;
using Syscribe.Training.Export;
using Syscribe.Training.Model;
using Syscribe.Training.Train;

namespace Syscribe.Training.Tests.Support;

/// <summary>A shape that trains in a second, on examples made out of the rules that ship.</summary>
internal sealed class TinyTraining : IDisposable
{
    public static readonly LlamaShape Shape = new(64, 2, 4, 2, 96, 512);
    public static readonly TrainOptions Options = new() { Steps = 12, WarmUpSteps = 4, Seed = 3, BatchExamples = 8, FullAnswers = 0.3 };

    private static readonly Lazy<(AnswerFile Answers, IReadOnlyList<Example> Examples)> Made = new(Make);
    private static readonly Lazy<SpmVocabulary> Learned = new(
        () => EventVocabulary.Learn([.. Examples.Select(example => example.Text)], Answers.Answers, 900));

    public TinyTraining(TrainOptions? options = null, LlamaShape? shape = null)
    {
        TorchRuntime.Start(threads: 1);
        Model = new LlamaModel(shape ?? Shape, Vocabulary.Count, (options ?? Options).Seed);
        Trainer = Trainer.Of(Model, Prepared(), options ?? Options);
    }

    public static AnswerFile Answers => Made.Value.Answers;

    public static IReadOnlyList<Example> Examples => Made.Value.Examples;

    public static SpmVocabulary Vocabulary => Learned.Value;

    public LlamaModel Model { get; }

    public Trainer Trainer { get; }

    private static Frame FrameOf(SpmTokenizer tokenizer) =>
        Syscribe.Training.Train.Frame.Of(Answers.Prompt, Answers.Answers, tokenizer, SpmVocabulary.Begin, SpmVocabulary.End);

    public TinyTraining Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Trainer.Next();
        }

        return this;
    }

    public void Export(string path, GgufType type = GgufType.F32) =>
        GgufExport.Write(path, Model, Vocabulary, Answers, type, "a test");

    public void Dispose()
    {
        Trainer.Dispose();
        Model.Dispose();
    }

    public static PreparedExamples Prepared()
    {
        var tokenizer = Vocabulary.Tokenizer();
        return PreparedExamples.Of(Examples, FrameOf(tokenizer), tokenizer, Shape.ContextTokens);
    }

    private static (AnswerFile Answers, IReadOnlyList<Example> Examples) Make()
    {
        var rules = DefaultRules.Load();
        var source = new DataSource(rules, new DataOptions { Seed = 5, Examples = 1500 });
        return (new AnswerFile(DataCommand.Prompt, [.. source.Answers.Texts], [.. source.Answers.Rules.Select(rule => rule.Name)], [.. source.Answers.Rules.Select(rule => string.Join(',', rule.Tags))], rules.Digest), [.. source.Training()]);
    }
}
