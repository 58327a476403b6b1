using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Verdicts;
using Syscribe.Pipeline.Suspects;

namespace Syscribe.Worker.Commands;

/// <summary><c>syscribe worker inference</c></summary>
internal sealed class InferenceWorkerCommand
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);

    private readonly ClientOptions _client = new();
    private readonly ModelArguments _model = new();
    private readonly RuleOptions _rules = new();

    private readonly Option<string> _group = new("--group")
    {
        Description = "Consumer group; workers of one group share the partitions.", HelpName = "NAME",
        DefaultValueFactory = _ => InferencePipelineOptions.DefaultGroup,
    };

    private readonly Option<int> _cacheMinutes = new("--cache-minutes")
    {
        Description = "Age at which a behaviour is judged anew.", HelpName = "N", DefaultValueFactory = _ => 60,
    };

    private readonly Option<int?> _port = new("--metrics-port")
    {
        Description = "TCP port of /healthz, /readyz and /metrics. Default: none.", HelpName = "N",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log what the Kafka client says, too." };

    public static Command Create()
    {
        var options = new InferenceWorkerCommand();
        var command = new Command(
            "inference",
            "Judge the events of suspects.v1 with a model and write its alerts to alerts.v1, no faster than the model answers. An alert is raised where the rule that it is of, its system calls left aside, does not contradict the event. Rules are loaded again when their files change and on SIGHUP. Exit code 1 when the model fails for good.");
        options._client.AddTo(command);
        options._model.AddTo(command);
        options._rules.AddTo(command, matching: false);
        foreach (var option in (Option[])[options._group, options._cacheMinutes, options._port, options._verbose])
        {
            command.Add(option);
        }

        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        using var signal = new StopSignal(stop);
        var log = new StderrLogger(
            parsed.InvocationConfiguration.Error, parsed.GetValue(_verbose) ? LogLevel.Debug : LogLevel.Information, TimeProvider.System);
        var options = Options(parsed);
        var engine = _model.Start(parsed, new EngineOptions());
        await using var worker = await StartAsync(options, engine, log);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            worker.ReloadRules();
        });
        await Task.WhenAny(signal.Stopped, worker.ModelEnded);
        if (worker.ModelEnded.Exception?.InnerException is { } failure)
        {
            LogMessages.ModelFailed(log, failure.Message);
            return ExitCodes.Failure;
        }

        await worker.StopAsync(StopTimeout);
        return ExitCodes.Success;
    }

    private static async Task<InferenceWorker> StartAsync(InferenceWorkerOptions options, InferenceEngine engine, ILogger log)
    {
        try
        {
            return InferenceWorker.Start(options, engine, log);
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    private InferenceWorkerOptions Options(ParseResult parsed)
    {
        var minutes = parsed.GetValue(_cacheMinutes);
        return new InferenceWorkerOptions
        {
            Client = _client.Read(parsed),
            Group = parsed.GetValue(_group) ?? InferencePipelineOptions.DefaultGroup,
            RulePaths = _rules.Paths(parsed),
            Loading = _rules.Loading(parsed),
            Cache = minutes > 0
                ? new VerdictCacheOptions { TimeToLive = TimeSpan.FromMinutes(minutes) }
                : throw new UserErrorException($"--cache-minutes is {minutes}; allowed are 1 and up"),
            MetricsPort = parsed.GetValue(_port),
        };
    }
}
