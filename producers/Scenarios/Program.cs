using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.Json;
using System.Text.Json.Serialization;
using Syscribe.Scenarios;
using Syscribe.Scenarios.Staging;

var json = new Option<bool>("--json") { Description = "Print one JSON object per line." };
var place = new Option<ScenarioWhere?>("--in") { Description = "Only those on the host, or only those in a container." };
var all = new Option<bool>("--all") { Description = "All scenarios." };
var names = new Argument<string[]>("NAME") { Description = "Scenarios to play, by name.", Arity = ArgumentArity.ZeroOrMore };
var variants = new Option<bool>("--variants") { Description = "The variants: attacks by each system call that carries them out." };
var variant = new Option<string[]>("--variant")
{
    Description = "A variant to play, by name, or an intent, for all of its variants; may be given again.", HelpName = "NAME", DefaultValueFactory = _ => [],
};

var list = new Command("list", "Lists the scenarios and the rule that each should raise.") { variants, json, place };
list.SetAction(parsed => parsed.GetValue(variants)
    ? VariantCommands.List(parsed.GetValue(place), parsed.GetValue(json))
    : ScenarioCommands.List(parsed.GetValue(place), parsed.GetValue(json)));

var run = new Command("run", "Plays scenarios one after the other, as real system calls, and cleans up after each.") { names, all, variants, variant, json, place };
run.SetAction((parsed, cancellation) => ScenarioCommands.Run(
    parsed.GetValue(names)!, parsed.GetValue(all), VariantCommands.Named(parsed.GetValue(variants), parsed.GetValue(variant)!),
    parsed.GetValue(place), parsed.GetValue(json), cancellation));

var coverage = new Command("coverage", "Prints which upstream Falco rule is raised by which scenario, or why none raises it, as Markdown.");
var summary = new Option<bool>("--summary") { Description = "One scenario for each rule, folded away: the part of README." };
coverage.Add(summary);
coverage.SetAction(parsed => Console.Out.Write(parsed.GetValue(summary) ? UpstreamCatalog.ToSummary() : UpstreamCatalog.ToMarkdown()));

var scenario = new Argument<string>("NAME");
var directory = new Argument<string>("DIRECTORY");
var play = new Command("play", "Plays one scenario in this process, on a stage that run has prepared.") { scenario, directory };
play.Hidden = true;
play.SetAction(parsed => ScenarioCommands.Play(parsed.GetValue(scenario)!, parsed.GetValue(directory)!));

var root = new Command("syscribe-scenarios", "Harmless attacks and ordinary work, as real system calls, for trying out detection.")
{
    list, run, coverage, play, new HelpOption(), new VersionOption(),
};
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction wrong)
{
    wrong.ShowHelp = false; // It would hide the error.
    parsed.Invoke(new InvocationConfiguration { Output = Console.Error }); // What was probably meant goes to Output.
    return 2;
}

return await parsed.InvokeAsync();

internal static class ScenarioCommands
{
    internal static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static int List(ScenarioWhere? place, bool json)
    {
        foreach (var scenario in ScenarioCatalog.All.Where(scenario => place is null || scenario.Where == place))
        {
            Console.WriteLine(json
                ? JsonSerializer.Serialize(new { scenario.Name, scenario.Rule, scenario.Upstream, scenario.Where, scenario.Category, scenario.Description, scenario.NeedsRoot }, Format)
                : $"{scenario.Name,-36} {Raises(scenario),-56} {scenario.Description}");
        }

        return 0;
    }

    public static async Task<int> Run(
        string[] names, bool all, NamedVariants variants, ScenarioWhere? place, bool json, CancellationToken cancellation)
    {
        if ((all ? 1 : 0) + (names.Length > 0 ? 1 : 0) + (variants.Any ? 1 : 0) != 1)
            return Refuse("run: name scenarios, or say --all, --variants or --variant; `syscribe-scenarios list` lists them, `list --variants` the variants");
        if (names.FirstOrDefault(name => ScenarioCatalog.Find(name) is null) is { } unknown)
            return Refuse($"run: unknown scenario \"{unknown}\"; `syscribe-scenarios list` lists them");
        if (variants.Unknown is { } other)
            return Refuse($"run: unknown variant \"{other}\"; `syscribe-scenarios list --variants` lists them");
        var runner = new ScenarioRunner();
        var failed = false;
        foreach (var scenario in variants.Any ? variants.Scenarios : all ? ScenarioCatalog.All : names.Select(name => ScenarioCatalog.Find(name)!))
        {
            if (place is not null && scenario.Where != place)
                continue;
            var result = await runner.RunAsync(scenario, cancellation);
            failed |= result.Outcome == ScenarioOutcome.Failed;
            Console.WriteLine(json ? JsonSerializer.Serialize(result, Format) : Line(result));
        }

        return failed ? 1 : 0;
    }

    public static int Play(string name, string directory)
    {
        var scenario = ScenarioCatalog.Find(name) ?? VariantCatalog.Find(name)?.Scenario;
        if (scenario is null || !Directory.Exists(directory))
            return Refuse($"play: \"{name}\" is no scenario, or {directory} is no directory; use `syscribe-scenarios run {name}`");
        var stage = Stage.Open(directory);
        try
        {
            var player = new Player(scenario, stage);
            var failure = player.Play();
            Console.WriteLine(JsonSerializer.Serialize(new PlayReport(failure, player.Pids)));
            return 0;
        }
        finally
        {
            stage.Remove(); // the runner does so too, but may have been killed
        }
    }

    private static string Raises(Scenario scenario) =>
        scenario.Rule ?? (scenario.Category == ScenarioCategory.Benign ? "(benign)" : "upstream: " + scenario.Upstream[0]);

    private static string Line(ScenarioResult result) =>
        $"{result.Outcome.ToString().ToLowerInvariant(),-8} {result.Name,-36} {(result.EndedNs - result.StartedNs) / 1_000_000,6} ms  {result.Reason ?? result.Rule}";

    private static int Refuse(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }
}
