using System.CommandLine;
using System.Globalization;
using Syscribe.Inference.Gguf;
using Syscribe.Training.Cpu;
using Syscribe.Training.Data;
using Syscribe.Training.Export;
using Syscribe.Training.Model;

namespace Syscribe.Training.Train;

/// <summary><c>syscribe-train train</c></summary>
internal sealed class TrainCommand
{
    // All of 650,000 took five minutes, these one.
    private const int VocabularyExamples = 150_000;

    private const double CutNames = 0.3;

    private static readonly TrainOptions Defaults = new();

    private readonly Option<string> _data = new("--data") { Description = "Folder with train.jsonl and answers.json, as syscribe-train data writes it.", HelpName = "DIR", Required = true };
    private readonly Option<string> _out = new("--out") { Description = "Model to write; its training curve goes beside it, .curve.jsonl.", HelpName = "FILE", Required = true };
    private readonly Option<string> _type = new("--type") { Description = "Number types to write, joined by commas: f32, f16, q8_0. Each but the first gets its name before the extension.", HelpName = "LIST", DefaultValueFactory = _ => "f32" };
    private readonly Option<int> _seed = new("--seed") { Description = "Same seed, data and options: same bytes.", HelpName = "N", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<int> _steps = new("--steps") { Description = "Steps, one batch each.", HelpName = "N", DefaultValueFactory = _ => Defaults.Steps };
    private readonly Option<double> _epochs = new("--epochs") { Description = "Instead of --steps: how often each example is seen.", HelpName = "X" };
    private readonly Option<double> _tokens = new("--tokens") { Description = "Instead of --steps: tokens to see, in millions, about.", HelpName = "M" };
    private readonly Option<int> _batch = new("--batch") { Description = "Examples of a batch.", HelpName = "N", DefaultValueFactory = _ => Defaults.BatchExamples };
    private readonly Option<double> _rate = new("--lr") { Description = "Highest learning rate.", HelpName = "X", DefaultValueFactory = _ => Defaults.LearningRate };
    private readonly Option<int> _warmUp = new("--warm-up") { Description = "Steps until it is reached.", HelpName = "N", DefaultValueFactory = _ => Defaults.WarmUpSteps };
    private readonly Option<double> _decay = new("--weight-decay") { Description = "Share of a matrix that a step at learning rate 1 takes away.", HelpName = "X", DefaultValueFactory = _ => Defaults.WeightDecay };
    private readonly Option<double> _promptLoss = new("--prompt-loss") { Description = "Weight of the loss on the event's text.", HelpName = "X", DefaultValueFactory = _ => Defaults.PromptLoss };
    private readonly Option<int> _promptEvery = new("--prompt-every") { Description = "Of the event's tokens, one in so many is foretold.", HelpName = "N", DefaultValueFactory = _ => Defaults.PromptEvery };
    private readonly Option<double> _reasonLoss = new("--reason-loss") { Description = "Weight of a token of why a near miss is harmless.", HelpName = "X", DefaultValueFactory = _ => Defaults.ReasonLoss };
    private readonly Option<double> _checkedLoss = new("--checked-loss") { Description = "Weight of the decision on a near miss that the rules tell from an alert by themselves.", HelpName = "X", DefaultValueFactory = _ => Defaults.CheckedLoss };
    private readonly Option<double> _full = new("--full-answers") { Description = "Share of alerts trained to their answer's end; the engine decodes none behind the last decision.", HelpName = "X", DefaultValueFactory = _ => Defaults.FullAnswers };
    private readonly Option<int> _vocabulary = new("--vocabulary") { Description = "Tokens of the vocabulary.", HelpName = "N", DefaultValueFactory = _ => 4096 };
    private readonly Option<int> _width = new("--width") { Description = "Embedding length.", HelpName = "N", DefaultValueFactory = _ => 128 };
    private readonly Option<int> _layers = new("--layers") { Description = "Blocks.", HelpName = "N", DefaultValueFactory = _ => 4 };
    private readonly Option<int> _heads = new("--heads") { Description = "Attention heads.", HelpName = "N", DefaultValueFactory = _ => 8 };
    private readonly Option<int> _kvHeads = new("--kv-heads") { Description = "Key and value heads; without: as many.", HelpName = "N" };
    private readonly Option<int> _feedForward = new("--ffn") { Description = "Width of the feed-forward layers.", HelpName = "N", DefaultValueFactory = _ => 352 };
    private readonly Option<int> _context = new("--context") { Description = "Longest sequence, tokens.", HelpName = "N", DefaultValueFactory = _ => 512 };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads that compute: of more than two the others rest. With AVX-512 the weights are the same with any number.", HelpName = "N", DefaultValueFactory = _ => Math.Min(CpuGradients.MostThreads, Environment.ProcessorCount) };

    private readonly TrainingLoop _loop = new();

    public static Command Create()
    {
        var options = new TrainCommand();
        var command = new Command("train", "Trains a model from scratch and writes it as GGUF.");
        foreach (var option in (Option[])[
            options._data, options._out, options._type, options._seed, options._steps, options._epochs, options._tokens, options._batch, options._rate, options._warmUp,
            options._decay, options._promptLoss, options._promptEvery, options._reasonLoss, options._checkedLoss, options._full, options._vocabulary, options._width, options._layers, options._heads, options._kvHeads,
            options._feedForward, options._context, options._threads, .. options._loop.Options])
        {
            command.Add(option);
        }

        command.SetAction(parsed => TrainingLoop.Guard(parsed, () => options.Train(parsed)));
        return command;
    }

    private void Train(ParseResult parsed)
    {
        var (output, outPath, types) = (parsed.InvocationConfiguration.Output, parsed.GetValue(_out)!, Types(parsed.GetValue(_type)!));
        var shape = Shape(parsed);
        TorchRuntime.Start(parsed.GetValue(_threads));
        var (answers, vocabulary, examples) = Prepare(parsed, shape);
        var options = Options(parsed, examples);
        using var model = new LlamaModel(shape, vocabulary.Count, options.Seed);
        using var trainer = Trainer.Of(model, examples, options);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{examples.Count} examples of {examples.MeanTokens:F1} tokens ({examples.Dropped} too long), {vocabulary.Count} tokens in the vocabulary, {model.Parameters / 1e6:F2} M weights, {options.Steps} steps, {(double)options.Steps / trainer.StepsPerEpoch:F2} epochs"));
        var recipe = Recipe(options, examples);
        _loop.Run(parsed, trainer, model.Weights, options.Steps, recipe, outPath);
        Write(outPath, types, model, vocabulary, answers, recipe, output);
    }

    private (AnswerFile Answers, SpmVocabulary Vocabulary, PreparedExamples Examples) Prepare(ParseResult parsed, LlamaShape shape)
    {
        var folder = parsed.GetValue(_data)!;
        var answers = AnswerFile.Read(Path.Combine(folder, "answers.json"));
        var examples = ExampleFile.Read(Path.Combine(folder, "train.jsonl")).ToList();
        parsed.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{examples.Count} examples; learning the vocabulary, a minute"));
        var vocabulary = EventVocabulary.Learn([.. examples.Take(VocabularyExamples).Select(example => example.Text)], answers.Answers, parsed.GetValue(_vocabulary));
        var tokenizer = vocabulary.Tokenizer();
        var frame = Frame.Of(answers.Prompt, answers.Answers, tokenizer, SpmVocabulary.Begin, SpmVocabulary.End);
        return (answers, vocabulary, PreparedExamples.Of(examples, frame, tokenizer, shape.ContextTokens, CutNames));
    }

    private static void Write(
        string path, IReadOnlyList<GgufType> types, LlamaModel model, SpmVocabulary vocabulary, AnswerFile answers, string recipe, TextWriter output)
    {
        for (var i = 0; i < types.Count; i++)
        {
            var file = i == 0 ? path : Path.ChangeExtension(path, $".{types[i].ToString().ToLowerInvariant()}.gguf");
            GgufExport.Write(file, model, vocabulary, answers, types[i], recipe);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {types[i]}, {new FileInfo(file).Length / 1e6:F1} MB"));
        }
    }

    internal static string Recipe(TrainOptions options, PreparedExamples examples) => string.Create(
        CultureInfo.InvariantCulture,
        $"{examples.Count} examples {examples.Digest}, {options.Steps} steps of {options.BatchExamples}, seed {options.Seed}, learning rate {options.LearningRate}, warm-up {options.WarmUpSteps}, weight decay {options.WeightDecay}, prompt loss {options.PromptLoss} on one token in {options.PromptEvery}, reason loss {options.ReasonLoss}, checked loss {options.CheckedLoss}, full answers {options.FullAnswers}");

    private static IReadOnlyList<GgufType> Types(string list) => [.. list.Split(',').Select(
        name => Enum.TryParse<GgufType>(name, ignoreCase: true, out var type) && type is GgufType.F32 or GgufType.F16 or GgufType.Q8_0
            ? type : throw new TrainingException($"--type {name}: allowed are f32, f16 and q8_0."))];

    private LlamaShape Shape(ParseResult parsed)
    {
        var heads = parsed.GetValue(_heads);
        var shape = new LlamaShape(
            parsed.GetValue(_width), parsed.GetValue(_layers), heads, parsed.GetValue(_kvHeads) is > 0 and var kv ? kv : heads, parsed.GetValue(_feedForward), parsed.GetValue(_context));
        return shape.Width % (2 * heads) == 0 && heads % shape.KvHeads == 0 && shape.Width % 32 == 0 && shape.FeedForward % 32 == 0
            ? shape
            : throw new TrainingException(
                $"Width {shape.Width}, heads {heads}, key heads {shape.KvHeads}, ffn {shape.FeedForward}: width must be a multiple of 32 and of twice the heads, ffn one of 32, heads one of the key heads.");
    }

    private TrainOptions Options(ParseResult parsed, PreparedExamples examples)
    {
        var batch = parsed.GetValue(_batch);
        var steps = parsed.GetValue(_epochs) is > 0 and var epochs ? epochs * examples.Count / batch
            : parsed.GetValue(_tokens) is > 0 and var millions ? millions * 1e6 / batch / (examples.MeanTokens + 4)
            : parsed.GetValue(_steps);
        return new TrainOptions
        {
            Seed = parsed.GetValue(_seed),
            Steps = Math.Max(1, (int)steps),
            BatchExamples = batch,
            LearningRate = parsed.GetValue(_rate),
            WarmUpSteps = parsed.GetValue(_warmUp),
            WeightDecay = parsed.GetValue(_decay),
            PromptLoss = parsed.GetValue(_promptLoss),
            PromptEvery = parsed.GetValue(_promptEvery) is > 0 and var every ? every : throw new TrainingException($"--prompt-every {parsed.GetValue(_promptEvery)}: allowed is 1, which is each token, or more."),
            ReasonLoss = parsed.GetValue(_reasonLoss),
            CheckedLoss = parsed.GetValue(_checkedLoss),
            FullAnswers = parsed.GetValue(_full),
            Threads = parsed.GetValue(_threads),
        };
    }
}
