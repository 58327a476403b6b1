using System.CommandLine;
using System.Globalization;
using Syscribe.Training.Data;
using Syscribe.Training.Export;
using Syscribe.Training.Model;
using Syscribe.Training.Train;

namespace Syscribe.Training.Lora;

/// <summary><c>syscribe-train lora</c></summary>
internal sealed class LoraCommand
{
    private readonly Option<string> _base = new("--base") { Description = "LLaMA to adapt: a GGUF file (F32, F16, BF16, Q8_0), or a folder with config.json, *.safetensors and tokenizer.model.", HelpName = "PATH", Required = true };
    private readonly Option<string> _data = new("--data") { Description = "Folder with train.jsonl and answers.json, as syscribe-train data writes it.", HelpName = "DIR", Required = true };
    private readonly Option<string> _out = new("--out") { Description = "Adapter to write, a GGUF file for --lora of the base; its training curve goes beside it.", HelpName = "FILE", Required = true };
    private readonly Option<int> _rank = new("--rank") { Description = "Inner width of the adapter.", HelpName = "N", DefaultValueFactory = _ => 16 };
    private readonly Option<double> _alpha = new("--alpha") { Description = "The adapter counts alpha / rank.", HelpName = "X", DefaultValueFactory = _ => 32 };
    private readonly Option<int> _seed = new("--seed") { Description = "Same seed, data and options: same bytes.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _steps = new("--steps") { Description = "Steps, one batch each.", HelpName = "N", DefaultValueFactory = _ => 2000 };
    private readonly Option<int> _batch = new("--batch") { Description = "Examples of a batch.", HelpName = "N", DefaultValueFactory = _ => 8 };
    private readonly Option<double> _rate = new("--lr") { Description = "Highest learning rate.", HelpName = "X", DefaultValueFactory = _ => 3e-4 };
    private readonly Option<int> _warmUp = new("--warm-up") { Description = "Steps until it is reached.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Option<double> _promptLoss = new("--prompt-loss") { Description = "Weight of the loss on the event's text.", HelpName = "X", DefaultValueFactory = _ => 0.1 };
    private readonly Option<double> _full = new("--full-answers") { Description = "Share of alerts trained to their answer's end.", HelpName = "X", DefaultValueFactory = _ => 0.1 };
    private readonly Option<int> _context = new("--context") { Description = "Longest example, tokens; longer ones are left out.", HelpName = "N", DefaultValueFactory = _ => 1024 };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads that compute. More than idle cores is much slower.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly TrainingLoop _loop = new();

    public static Command Create()
    {
        var options = new LoraCommand();
        var command = new Command("lora", "Trains a low-rank adapter beside a LLaMA that stays as it is, and writes it as GGUF.");
        foreach (var option in (Option[])[
            options._base, options._data, options._out, options._rank, options._alpha, options._seed, options._steps, options._batch, options._rate, options._warmUp,
            options._promptLoss, options._full, options._context, options._threads, .. options._loop.Options])
        {
            command.Add(option);
        }

        command.SetAction(parsed => TrainingLoop.Guard(parsed, () => options.Train(parsed)));
        return command;
    }

    private void Train(ParseResult parsed)
    {
        var (output, outPath, folder) = (parsed.InvocationConfiguration.Output, parsed.GetValue(_out)!, parsed.GetValue(_data)!);
        TorchRuntime.Start(parsed.GetValue(_threads));
        var answers = AnswerFile.Read(Path.Combine(folder, "answers.json"));
        using var model = BaseModel.Open(parsed.GetValue(_base)!);
        var frame = Frame.Of(answers.Prompt, answers.Answers, model.Tokenizer, model.BeginToken, model.EndToken);
        var context = Math.Min(parsed.GetValue(_context), model.Shape.ContextTokens);
        var examples = PreparedExamples.Of(ExampleFile.Read(Path.Combine(folder, "train.jsonl")), frame, model.Tokenizer, context);
        var options = Options(parsed);
        using var adapter = new LoraModel(model, parsed.GetValue(_rank), parsed.GetValue(_alpha), options.Seed);
        using var trainer = new Trainer(adapter.Weights, new TorchGradients(adapter), examples, options);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{examples.Count} examples of {examples.MeanTokens:F1} tokens ({examples.Dropped} too long), {adapter.Weights.Sum(weight => weight.Value.numel()) / 1e6:F2} M weights trained, {options.Steps} steps"));
        var recipe = string.Create(CultureInfo.InvariantCulture, $"{TrainCommand.Recipe(options, examples)}, rank {adapter.Rank}, alpha {adapter.Alpha}");
        _loop.Run(parsed, trainer, adapter.Weights, options.Steps, recipe, outPath);
        AdapterExport.Write(outPath, adapter, answers, recipe);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outPath}: {new FileInfo(outPath).Length / 1e6:F1} MB"));
    }

    private TrainOptions Options(ParseResult parsed) => new()
    {
        Seed = parsed.GetValue(_seed),
        Steps = Math.Max(1, parsed.GetValue(_steps)),
        BatchExamples = parsed.GetValue(_batch),
        LearningRate = parsed.GetValue(_rate),
        WarmUpSteps = parsed.GetValue(_warmUp),
        WeightDecay = 0,
        PromptLoss = parsed.GetValue(_promptLoss),
        FullAnswers = parsed.GetValue(_full),
        Threads = parsed.GetValue(_threads),
    };
}
