using System.CommandLine;
using Syscribe.Rules;
using Syscribe.Rules.Tools;

namespace Syscribe.Worker.Commands;

/// <summary><c>syscribe rules check | test | list | explain</c></summary>
internal static class RulesCommand
{
    public static Command Create() =>
        new("rules", "Check, test, list and explain rules, without a broker.") { Check(), Test(), List(), Explain() };

    private static Command Check()
    {
        var files = new Argument<string[]>("FILE|DIR")
        {
            Description = "Falco rule files, or directories of them, in order. Default: the rules that ship with Syscribe.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = JsonOption();
        var command = new Command("check", "Load rules as the worker does, and say what is wrong with them. Exit code 1 if there is an error.") { files, json };
        command.SetAction(parsed =>
        {
            var result = parsed.GetValue(files) is { Length: > 0 } paths ? RulesCheck.Run(paths) : RulesCheck.Run([DefaultRules.Source]);
            return Print(parsed, json, result.ToTable, result.ToJson, result.Passed);
        });
        return command;
    }

    private static Command Test()
    {
        var files = new Argument<string[]>("FILE") { Description = "Test files: rules, and cases with fields and what is expected.", Arity = ArgumentArity.OneOrMore };
        var json = JsonOption();
        var command = new Command("test", "Run tests of rules. Exit code 1 if one fails.") { files, json };
        command.SetAction(parsed =>
        {
            var result = RulesTest.Run(parsed.GetValue(files) ?? []);
            return Print(parsed, json, result.ToTable, result.ToJson, result.Passed);
        });
        return command;
    }

    private static Command List()
    {
        var fields = new Option<bool>("--fields") { Description = "The fields that conditions and outputs may use." };
        var operators = new Option<bool>("--operators") { Description = "The operators of conditions." };
        var syscalls = new Option<bool>("--syscalls") { Description = "The event types that conditions may name." };
        var json = JsonOption();
        var rules = new RuleOptions();
        var command = new Command("list", "List rules; with an option, what they may be written with.") { fields, operators, syscalls, json };
        rules.AddTo(command);
        command.SetAction(parsed =>
        {
            var result = parsed.GetValue(fields) ? RulesList.Fields()
                : parsed.GetValue(operators) ? RulesList.Operators()
                : parsed.GetValue(syscalls) ? RulesList.SystemCalls()
                : Loaded(rules, parsed);
            return Print(parsed, json, result.ToTable, result.ToJson);
        });
        return command;
    }

    private static Command Explain()
    {
        var name = new Argument<string>("RULE") { Description = "Name of a rule." };
        var json = JsonOption();
        var options = new RuleOptions();
        var command = new Command("explain", "Print a rule with its macros and lists replaced.") { name, json };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var rules = options.Load(parsed);
            var wanted = parsed.GetValue(name) ?? "";
            var result = RulesExplain.Run(rules, wanted)
                ?? throw new UserErrorException($"there is no rule \"{wanted}\"; did you mean \"{RulesExplain.Nearest(rules, wanted)}\"?");
            return Print(parsed, json, result.ToTable, result.ToJson);
        });
        return command;
    }

    private static RulesListResult Loaded(RuleOptions options, ParseResult parsed) => new(
        ["priority", "enabled", "rule"],
        [.. options.Load(parsed).Rules.Select(r => (IReadOnlyList<string>)[r.Priority.ToString(), r.Enabled ? "yes" : "no", r.Name])]);

    private static Option<bool> JsonOption() => new("--json") { Description = "Print JSON." };

    private static int Print(ParseResult parsed, Option<bool> json, Func<string> table, Func<string> document, bool passed = true)
    {
        parsed.InvocationConfiguration.Output.WriteLine((parsed.GetValue(json) ? document() : table()).TrimEnd('\n'));
        return passed ? ExitCodes.Success : ExitCodes.Failure;
    }
}
