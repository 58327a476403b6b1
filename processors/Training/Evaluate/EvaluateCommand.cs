using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Suspects;
using Syscribe.Rules;
using Syscribe.Training.Data;

namespace Syscribe.Training.Evaluate;

/// <summary><c>syscribe-train evaluate</c>: what a model is worth, beside what costs less.</summary>
public static class EvaluateCommand
{
    private static readonly string[] CellNames =
        ["seen", "unseen", "invented", "near-miss", "near-miss-unseen", "benign", "benign-unseen", "extra-key", "alphabet", "family"];

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Option<string[]>("--model") { Description = "Model file; once for each run (seed).", Required = true };
        var data = new Option<string[]>("--data") { Description = "Folder that `data` wrote for the run, with its test sets; as many as models.", Required = true };
        var capture = new Option<string?>("--capture") { Description = "Recording of ordinary work (*.avro), judged behind the funnel by the first model." };
        var under = new Option<string?>("--capture-under") { Description = "Of the recording, only what runs below a process of this name." };
        var variants = new Option<string?>("--variants") { Description = "Recorded variants (*.avro, with its labels), judged by each model." };
        var threshold = new Option<double>("--threshold") { Description = "Score from which an answer is an alert.", DefaultValueFactory = _ => EngineOptions.DefaultThreshold };
        var limit = new Option<int>("--limit") { Description = "Examples of each test set at most.", DefaultValueFactory = _ => int.MaxValue };
        var threads = new Option<int>("--threads") { Description = "Threads of the engine.", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out") { Description = "Folder for results.md, results.json and the plots." };
        var errors = new Option<string?>("--errors") { Description = "File for every wrong judgement, one JSON line each, to look at." };
        var json = new Option<bool>("--json") { Description = "Print results.json instead of the tables." };
        var command = new Command("evaluate", "Judges test sets with a model and with the baselines: rules as they are, rules narrowed, an alias table, a bag of words.")
        {
            model, data, capture, under, variants, threshold, limit, threads, output, errors, json,
        };
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            var (models, folders) = (parsed.GetValue(model)!, parsed.GetValue(data)!);
            if (models.Length != folders.Length)
            {
                await Console.Error.WriteLineAsync($"evaluate: {models.Length} --model and {folders.Length} --data; each model needs the folder of its run.");
                return 2;
            }

            var rules = DefaultRules.Load();
            var results = new Results { Threshold = parsed.GetValue(threshold) };
            for (var i = 0; i < models.Length; i++)
            {
                await using var engine = ModelJudge.Start(models[i], parsed.GetValue(threads));
                var answers = KnownAnswers.Parse(engine.Answers, engine.AnswerRules);
                var check = new AnswerCheck(rules, answers);
                var recorded = parsed.GetValue(variants) is { } variantFile ? VariantFile.Read(variantFile, answers, check) : [];
                var alone = await JudgeAsync(engine, models[i], folders[i], recorded, parsed.GetValue(limit));
                results.Alone.Add(alone with { Detector = "model without the check" });
                results.Models.Add(alone.With(alone.Detector, one => one.Checked()));
                if (i == 0 && parsed.GetValue(capture) is { } file)
                {
                    results.Capture = await CaptureCheck.RunAsync(file, parsed.GetValue(under), rules, engine, check, Progress(Path.GetFileName(file)));
                }
            }

            results.Baselines.Add(results.Alone[0]);
            results.Baselines.AddRange(BaselinesOn(rules, folders[0], results.Models[0]));
            if (parsed.GetValue(output) is { } folder)
            {
                results.Write(folder, models);
            }

            if (parsed.GetValue(errors) is { } wrong)
            {
                results.WriteErrors(wrong);
            }

            Console.Out.WriteLine(parsed.GetValue(json) ? results.ToJson() : results.ToText());
            return 0;
        }));
        return command;
    }

    // What its user can do something about becomes a sentence.
    private static async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is LlamaException or GgufException or IOException or UnauthorizedAccessException or InvalidDataException or FormatException or JsonException)
        {
            await Console.Error.WriteLineAsync($"evaluate: {e.Message}");
            return 1;
        }
    }

    private static async Task<Evaluation> JudgeAsync(InferenceEngine engine, string model, string folder, IReadOnlyList<(string Name, IReadOnlyList<Example> Examples)> variants, int limit)
    {
        var cells = new List<Cell>();
        foreach (var name in CellNames)
        {
            var file = Path.Combine(folder, "test", name + ".jsonl");
            if (File.Exists(file))
            {
                cells.Add(new Cell(name, await ModelJudge.AskAsync(engine, [.. ExampleFile.Read(file).Take(limit)], Progress(name))));
            }
        }

        foreach (var (name, examples) in variants)
        {
            cells.Add(new Cell(name, await ModelJudge.AskAsync(engine, examples)));
        }

        return cells.Count > 0
            ? new Evaluation(Path.GetFileName(model), folder, cells)
            : throw new FileNotFoundException($"There are no test sets in {Path.Combine(folder, "test")}; `syscribe-train data --out {folder}` makes them.");
    }

    private static IEnumerable<Evaluation> BaselinesOn(RuleSet rules, string folder, Evaluation model)
    {
        using var made = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "answers.json")));
        var heldOut = made.RootElement.GetProperty("holdOut").EnumerateArray().Select(name => name.GetString()!).ToHashSet();
        var answers = made.RootElement.GetProperty("answers").GetArrayLength();
        var regression = TokenRegression.Train(ExampleFile.Read(Path.Combine(folder, "train.jsonl")).Take(120_000), answers);
        yield return With("rules as they are", example => Baselines.AsTheyAre(rules, example));
        yield return With("rules narrowed", example => Baselines.Narrowed(rules, heldOut, example));
        yield return With("rules without calls", Baselines.Widened);
        yield return With("narrowed, with aliases", example => Baselines.Aliased(rules, heldOut, example));
        yield return With("bag of words", regression.Judge);

        Evaluation With(string name, Func<Example, Judged> judge) => model.With(name, one => judge(one.Example));
    }

    private static Action<int> Progress(string what)
    {
        var gate = new Lock();
        var told = 0;
        return done =>
        {
            lock (gate)
            {
                if (done >= told + 1000)
                {
                    told = done;
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {done} judged"));
                }
            }
        };
    }
}
