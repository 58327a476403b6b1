using System.CommandLine;
using System.CommandLine.Parsing;
using Syscribe.Rules;

namespace Syscribe.Worker.Commands;

/// <summary>The options that say which rules to load and how.</summary>
internal sealed class RuleOptions
{
    private readonly Option<string[]> _rules = new("--rules", "-r")
    {
        Description = "Falco rule files, or directories of them, in order. Default: the rules that ship with Syscribe.",
        HelpName = "FILE|DIR", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<Priority> _least = new("--priority")
    {
        Description = "Least urgent priority of an active rule: Emergency, Alert, Critical, Error, Warning, Notice, Informational or Debug.",
        HelpName = "PRIORITY", DefaultValueFactory = _ => Priority.Debug, CustomParser = ParsePriority,
    };

    private readonly Option<bool> _all = new("--all-matches")
    {
        Description = "Raise every rule that matches an event, not only the first in definition order.",
    };

    private readonly Option<bool> _enableAll = new("--enable-all") { Description = "Activate rules that ship disabled, too." };

    /// <summary>Adds them.</summary>
    /// <param name="command">To what.</param>
    /// <param name="matching">Whether how many rules may match is a question there.</param>
    public void AddTo(Command command, bool matching = true)
    {
        foreach (var option in (Option[])[_rules, _least, _all, _enableAll])
        {
            if (matching || option != _all)
            {
                command.Add(option);
            }
        }
    }

    public IReadOnlyList<string> Paths(ParseResult parsed) => parsed.GetValue(_rules) ?? [];

    public RuleLoadOptions Loading(ParseResult parsed) => new()
    {
        MinimumPriority = parsed.GetValue(_least),
        Matching = parsed.GetResult(_all) is not null && parsed.GetValue(_all) ? RuleMatching.All : RuleMatching.First,
        EnableAll = parsed.GetValue(_enableAll),
    };

    /// <exception cref="UserErrorException">The rules have errors, or there are none.</exception>
    public RuleSet Load(ParseResult parsed) => new NamedRules(Paths(parsed), Loading(parsed)).LoadOrThrow();

    private static Priority ParsePriority(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var name = text.Equals("info", StringComparison.OrdinalIgnoreCase) ? nameof(Priority.Informational) : text;
        if (!int.TryParse(name, out _) && Enum.TryParse<Priority>(name, ignoreCase: true, out var priority))
        {
            return priority;
        }

        result.AddError($"priority {text} is not one of {string.Join(", ", Enum.GetNames<Priority>())}");
        return default;
    }
}
