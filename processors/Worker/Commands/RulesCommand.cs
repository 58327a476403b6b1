using System.CommandLine;
using System.Text.Json;
using Syscribe.Rules;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Worker.Commands;

/// <summary><c>syscribe rules check | list | explain</c></summary>
internal static class RulesCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create() => new("rules", "Check, list and explain rules, without a broker.") { Check(), List(), Explain() };

    private static Command Check()
    {
        var files = new Argument<string[]>("FILE|DIR")
        {
            Description = "Falco rule files, or directories of them, in order. Default: the rules that ship with Syscribe.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("check", "Load rules as the worker would, and say what is wrong with them. Exit code 1 if there is an error.") { files, json };
        command.SetAction(parsed =>
        {
            var result = new NamedRules(parsed.GetValue(files) ?? [], new RuleLoadOptions()).Load();
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(Report(result), Json));
            }
            else
            {
                Print(result, output);
            }

            return result.IsValid ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static void Print(RuleLoadResult result, TextWriter output)
    {
        foreach (var error in result.Errors)
        {
            output.WriteLine($"error    {error}");
        }

        foreach (var warning in result.Warnings)
        {
            output.WriteLine($"warning  {warning}");
        }

        output.WriteLine(
            $"{result.RuleCount} rules ({result.RuleSet?.Rules.Count(r => r.Enabled) ?? 0} enabled), {result.MacroCount} macros, {result.ListCount} lists, " +
            $"{result.Errors.Count} errors, {result.Warnings.Count} warnings; {EventTypes(result).Count} event types named");
    }

    private static object Report(RuleLoadResult result) => new
    {
        Rules = result.RuleCount,
        Enabled = result.RuleSet?.Rules.Count(r => r.Enabled) ?? 0,
        Macros = result.MacroCount,
        Lists = result.ListCount,
        result.Errors,
        result.Warnings,
        EventTypes = EventTypes(result),
    };

    private static IReadOnlyList<string> EventTypes(RuleLoadResult result) =>
    [
        .. (result.RuleSet?.Rules ?? []).Where(r => r.Enabled).SelectMany(r => r.EventTypes ?? [])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static Command List()
    {
        var fields = new Option<bool>("--fields") { Description = "The fields that conditions and outputs may use." };
        var operators = new Option<bool>("--operators") { Description = "The operators of conditions." };
        var syscalls = new Option<bool>("--syscalls") { Description = "The event types that conditions may name." };
        var rules = new RuleOptions();
        var command = new Command("list", "List rules; with an option, what they may be written with.") { fields, operators, syscalls };
        rules.AddTo(command);
        command.SetAction(parsed =>
        {
            var lines = parsed.GetValue(fields) ? FieldTable.All.Select(f => $"{f.Name,-32} {f.Type,-10} {f.Description}")
                : parsed.GetValue(operators) ? Enum.GetValues<CompareOperator>().Select(o => o.Text())
                : parsed.GetValue(syscalls) ? Names.EventTypes.Order(StringComparer.Ordinal)
                : RulesOf(rules, parsed).Select(r => $"{r.Priority,-13} {(r.Enabled ? "" : "(disabled) ")}{r.Name}");
            foreach (var line in lines)
            {
                parsed.InvocationConfiguration.Output.WriteLine(line);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Explain()
    {
        var name = new Argument<string>("RULE") { Description = "Name of a rule." };
        var rules = new RuleOptions();
        var command = new Command("explain", "Print a rule with its macros and lists replaced.") { name };
        rules.AddTo(command);
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name);
            var rule = RulesOf(rules, parsed).FirstOrDefault(r => r.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                ?? throw new UserErrorException($"there is no rule \"{wanted}\"; syscribe rules list prints their names");
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"rule:      {rule.Name}");
            output.WriteLine($"from:      {rule.Location}");
            output.WriteLine($"priority:  {rule.Priority}{(rule.Enabled ? "" : ", disabled")}");
            output.WriteLine($"tags:      {string.Join(", ", rule.Tags)}");
            output.WriteLine($"events:    {(rule.EventTypes is null ? "any" : string.Join(", ", rule.EventTypes))}");
            output.WriteLine($"desc:      {rule.Description.ReplaceLineEndings(" ").Trim()}");
            output.WriteLine($"condition: {ConditionPrinter.Print(rule.Condition)}");
            output.WriteLine($"output:    {rule.Output.Text}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static IReadOnlyList<Rule> RulesOf(RuleOptions options, ParseResult parsed) =>
        new NamedRules(options.Paths(parsed), options.Loading(parsed)).LoadOrThrow().Rules;
}
