using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Syscribe.Events;
using Syscribe.Rules;

namespace Syscribe.Training.Data;

/// <summary><c>syscribe-train data</c></summary>
internal sealed class DataCommand
{
    /// <summary>The frame of every prompt: the event and the end of its line. An instruction would be paid for each time.</summary>
    public const string Prompt = "{event}\n";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<string[]> _rules = new("--rules") { Description = "Rule files or directories. Without: the rules that ship.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _seed = new("--seed") { Description = "Same seed, same data.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _examples = new("--examples") { Description = "Training examples.", HelpName = "N", DefaultValueFactory = _ => 100_000 };
    private readonly Option<int> _test = new("--test") { Description = "Examples of each evaluation file.", HelpName = "N", DefaultValueFactory = _ => 2000 };
    private readonly Option<string> _holdOut = new("--hold-out") { Description = "System calls that training must not name: default, none, or names joined by commas, of which family:NAME is a whole family.", HelpName = "LIST", DefaultValueFactory = _ => "none" };
    private readonly Option<string[]> _benign = new("--benign") { Description = "Captures of ordinary work, as syscribe-agent record writes them.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _out = new("--out") { Description = "Folder to write to.", HelpName = "DIR", Required = true };
    private readonly Option<double> _positives = new("--positives") { Description = "Share of events that a rule matches.", HelpName = "X", DefaultValueFactory = _ => new DataOptions().Positives };
    private readonly Option<double> _nearMisses = new("--near-misses") { Description = "Share of events that a rule just does not match.", HelpName = "X", DefaultValueFactory = _ => new DataOptions().NearMisses };

    public static Command Create()
    {
        var options = new DataCommand();
        var command = new Command("data", "Makes training and evaluation data out of rules.");
        foreach (var option in (Option[])[options._rules, options._seed, options._examples, options._test, options._holdOut, options._benign, options._out, options._positives, options._nearMisses])
        {
            command.Add(option);
        }

        command.SetAction(options.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        var rules = Load(parsed.GetValue(_rules) ?? [], error);
        if (rules is null)
        {
            return 1;
        }

        try
        {
            var options = new DataOptions
            {
                Seed = parsed.GetValue(_seed),
                Examples = parsed.GetValue(_examples),
                Test = parsed.GetValue(_test),
                Positives = parsed.GetValue(_positives),
                NearMisses = parsed.GetValue(_nearMisses),
                HoldOut = HoldOut(parsed.GetValue(_holdOut) ?? "none"),
                Benign = parsed.GetValue(_benign) ?? [],
            };
            Write(parsed.GetValue(_out) ?? "", new DataSource(rules, options), rules, options, parsed.InvocationConfiguration.Output);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventFileException or FormatException)
        {
            error.WriteLine($"Making data failed: {e.Message}");
            return 1;
        }
    }

    /// <summary>Writes training examples, answers, card and evaluation sets.</summary>
    internal static void Write(string folder, DataSource source, RuleSet rules, DataOptions options, TextWriter output)
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(Path.Combine(folder, "test"));
        var count = ExampleFile.Write(Path.Combine(folder, "train.jsonl"), source.Training());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"train.jsonl: {count} examples in {clock.Elapsed.TotalSeconds:f1} s, {count / clock.Elapsed.TotalSeconds:f0} a second"));
        var answers = new { prompt = Prompt, answers = source.Answers.Texts, rules = source.Answers.Rules.Select(rule => rule.Name), tags = source.Answers.Rules.Select(rule => string.Join(',', rule.Tags)), digest = rules.Digest, holdOut = options.HoldOut };
        File.WriteAllText(Path.Combine(folder, "answers.json"), JsonSerializer.Serialize(answers, Json) + "\n");
        File.WriteAllText(Path.Combine(folder, "card.md"), source.Card.Write(options, rules.Digest, source.Recorded, source.Untrained));
        foreach (var (name, set) in options.Test > 0 ? new EvaluationSets(source, options).Make() : new Dictionary<string, List<Example>>())
        {
            output.WriteLine($"test/{name}.jsonl: {ExampleFile.Write(Path.Combine(folder, "test", name + ".jsonl"), set)} examples");
        }
    }

    private static IReadOnlyList<string> HoldOut(string text) => text switch
    {
        "none" => [],
        "default" => CallFamilies.DefaultHoldOut,
        _ => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(CallFamilies.Named)],
    };

    private static RuleSet? Load(IReadOnlyList<string> files, TextWriter error)
    {
        var loaded = files.Count == 0 ? RuleLoader.Load([DefaultRules.Source]) : RuleLoader.LoadPaths(files);
        foreach (var message in loaded.Errors)
        {
            error.WriteLine(message);
        }

        return loaded.RuleSet;
    }
}
