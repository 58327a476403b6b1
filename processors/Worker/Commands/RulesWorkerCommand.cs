using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Syscribe.Inference.Suspects;
using Syscribe.Pipeline.Rules;

namespace Syscribe.Worker.Commands;

/// <summary><c>syscribe worker rules</c></summary>
internal sealed class RulesWorkerCommand
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);

    private readonly ClientOptions _client = new();
    private readonly RuleOptions _rules = new();

    private readonly Option<string> _group = new("--group")
    {
        Description = "Consumer group; workers of one group share the partitions.", HelpName = "NAME",
        DefaultValueFactory = _ => RulesPipelineOptions.DefaultGroup,
    };

    private readonly Option<int?> _port = new("--metrics-port")
    {
        Description = "TCP port of /healthz, /readyz and /metrics. Default: none.", HelpName = "N",
    };

    private readonly Option<string> _falcoJson = new("--falco-json")
    {
        Description = "Also write alerts as Falco JSON lines: to a file, or - for standard output. SIGHUP opens the file anew.", HelpName = "-|FILE",
    };

    private readonly Option<Selection> _select = new("--select")
    {
        Description = "Events that go on to suspects.v1 for worker inference: unregistered (no rule names the call), novel (no rule matched and the behaviour is new), unmatched, all; joined by commas.",
        HelpName = "REASON,...", DefaultValueFactory = _ => Selection.None,
        CustomParser = ParseSelection,
    };

    private readonly Option<double> _selectEvery = new("--select-every")
    {
        Description = "Seconds in which an unregistered behaviour is chosen once. 0: each time.", HelpName = "SECONDS", DefaultValueFactory = _ => SuspectSelector.DefaultRepeat.TotalSeconds,
    };

    private readonly Option<bool> _fromBeginning = new("--from-beginning")
    {
        Description = "Read the topic again from its first record, whatever the group has committed. For the only worker of a group.",
    };

    private readonly Option<bool> _resolveNames = new("--resolve-names")
    {
        Description = "Ask the system's resolver, in the background, for the domain names that active rules compare addresses with. false asks for none, and no address has a name.",
        HelpName = "true|false", DefaultValueFactory = _ => true, Arity = ArgumentArity.ExactlyOne,
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log what the Kafka client says, too." };

    public static Command Create()
    {
        var options = new RulesWorkerCommand();
        var command = new Command(
            "rules",
            "Evaluate the rules on syscalls.v1 and write alerts to alerts.v1. Rules are loaded again when their files change and on SIGHUP; a file with errors changes nothing.");
        options._client.AddTo(command);
        options._rules.AddTo(command);
        foreach (var option in (Option[])[options._group, options._port, options._falcoJson, options._select, options._selectEvery, options._fromBeginning, options._resolveNames, options._verbose])
        {
            command.Add(option);
        }

        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var log = new StderrLogger(
            parsed.InvocationConfiguration.Error, parsed.GetValue(_verbose) ? LogLevel.Debug : LogLevel.Information, TimeProvider.System);
        using var signal = new StopSignal(stop);
        var worker = RulesWorker.Start(Options(parsed), log);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            worker.ReopenLog();
            worker.ReloadRules();
        });
        // A pipeline that has ended by itself ends the process, visibly, and whoever supervises it starts it again.
        await await Task.WhenAny(signal.Stopped, worker.Completion);
        await worker.StopAsync(StopTimeout);
        return ExitCodes.Success;
    }

    private static Selection ParseSelection(ArgumentResult result)
    {
        var selection = Selection.None;
        foreach (var name in result.Tokens[0].Value.Split(','))
        {
            if (!Enum.TryParse<Selection>(name, ignoreCase: true, out var one) || !Enum.IsDefined(one) || name.Any(char.IsDigit))
            {
                result.AddError($"--select {name}: unregistered, novel, unmatched, all and none are allowed, and default for unregistered,novel.");
                return Selection.None;
            }

            selection |= one;
        }

        return selection;
    }

    private RulesWorkerOptions Options(ParseResult parsed) => new()
    {
        Client = _client.Read(parsed),
        RulePaths = _rules.Paths(parsed),
        Loading = _rules.Loading(parsed),
        Group = parsed.GetValue(_group) ?? RulesPipelineOptions.DefaultGroup,
        MetricsPort = parsed.GetValue(_port),
        FalcoJson = parsed.GetValue(_falcoJson),
        FromBeginning = parsed.GetValue(_fromBeginning),
        ResolveNames = parsed.GetValue(_resolveNames),
        Suspects = parsed.GetValue(_select) is var selection and not Selection.None ? new SuspectSelector(selection, repeat: Repeat(parsed)) : null,
    };

    private TimeSpan Repeat(ParseResult parsed) => parsed.GetValue(_selectEvery) is >= 0 and <= 86_400 and var seconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new UserErrorException($"--select-every is {parsed.GetValue(_selectEvery)}; allowed are 0 to 86400 seconds");
}
