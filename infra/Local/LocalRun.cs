using System.Diagnostics;
using Confluent.Kafka;
using Spectre.Console;
using Syscribe.Agent;
using Syscribe.Local.Compare;
using Syscribe.Local.Model;
using Syscribe.Local.View;
using Syscribe.Pipeline.Rules;
using Syscribe.Worker;

namespace Syscribe.Local;

/// <summary>
/// One run of everything: broker and registry, rules worker, model, agent, scenarios, view, report. Starts the consumers before
/// the producer, and stops the other way round, so that every captured event is judged before the report is made.
/// </summary>
public sealed class LocalRun : IDisposable
{
    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(500);
    private const long MaxLag = 8192;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(15);

    // What the model may have waiting at the end takes a slow one longer than anybody wants to wait: the rest is counted.
    private static readonly TimeSpan ModelDrainLimit = TimeSpan.FromSeconds(20);
    private readonly LocalOptions _options;
    private readonly CaptureMode _mode;
    private readonly IRunView _view;
    private readonly EmbeddedServices _services;
    private readonly AlertFeed _alerts;
    private readonly ScenarioPlay? _scenarios;
    private CompareRun? _compare;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private (TimeSpan At, long Published, long Prefill, long Decode) _last;

    private LocalRun(LocalOptions options, CaptureMode mode, IRunView view, EmbeddedServices services)
    {
        _options = options;
        _mode = mode;
        _view = view;
        _services = services;
        _scenarios = options.PlayScenarios && !options.Compare && mode.IsLive ? new ScenarioPlay() : null;
        _alerts = new AlertFeed(_services.Client(options.ClientSettings), mode.IsLive, view.Alert) { KeepsEvents = options.Compare };
    }

    /// <summary>Runs until the time is over, the replay has ended, or <paramref name="stop"/>.</summary>
    /// <returns>Exit status: 0; 1 where it could not start or a part of it failed; 2 where a scenario did not raise its rule.</returns>
    public static async Task<int> RunAsync(LocalOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        using IRunView view = options.Plain ? new PlainView(Console.Out) : new LiveView(AnsiConsole.Console);
        try
        {
            var mode = CaptureMode.Choose(options);
            view.Note(mode.Description);
            using var services = new EmbeddedServices(options);
            view.Note(services.ToString());
            await ReachAsync(services, options, view, stop);
            using var run = new LocalRun(options, mode, view, services);
            return await run.RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is AgentException or UserErrorException or IOException or InvalidOperationException or KafkaException)
        {
            view.Dispose(); // A view that still draws would cut the message, or draw over it.
            await Console.Error.WriteLineAsync($"infra/up: {e.Message}");
            return 1;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _compare?.Dispose();
        _alerts.Dispose();
    }

    private IPlay? Play => _compare?.Play ?? _scenarios;

    // A Kafka that is away is waited for, no longer than the run was to take.
    private static async Task ReachAsync(EmbeddedServices services, LocalOptions options, IRunView view, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (options.For is { } limit)
        {
            over.CancelAfter(limit);
        }

        try
        {
            await services.CreateTopicsAsync(services.Client(options.ClientSettings), view.Note, over.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new UserErrorException(
                $"Kafka at {services.Bootstrap} did not answer within {options.For!.Value.TotalSeconds:0.#} s: nothing was captured. Check the address and -X settings, or leave out --bootstrap for the embedded broker.",
                e);
        }
    }

    private async Task<int> RunAsync(CancellationToken stop)
    {
        var log = new ViewLogger(_view);
        await using var model = ModelRun.Open(_options, _view.Note);
        await using var worker = RulesWorker.Start(WorkerOptions(model), log);
        _compare = _options.Compare ? new CompareRun(_services.Client(_options.ClientSettings), () => model?.Waiting ?? 0) : null;
        model?.Start(_services.Client(_options.ClientSettings), _options.Rules, log);
        await JoinedAsync(() => worker.IsReady && model is null or { IsReady: true }, stop);
        AgentHost? agents = null;
        await using var agent = new AgentHost(AgentOptions(() => _services.IsEmbedded && IsBehind(agents, worker)));
        agents = agent;
        await agent.StartAsync(stop);
        await WatchAsync(agent, worker, model, stop);
        await agent.StopAsync();
        await DrainAsync(agent, worker, model);
        await worker.StopAsync(DrainLimit);
        if (model is not null)
        {
            await DrainModelAsync(agent, worker, model);
        }

        return Finish(agent.Counters, worker.Counters, model);
    }

    private async Task WatchAsync(AgentHost agent, RulesWorker worker, ModelRun? model, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (_options.For is { } limit)
        {
            over.CancelAfter(limit);
        }

        var playing = Play?.RunAsync(over.Token) ?? Task.CompletedTask;
        using var ticks = new PeriodicTimer(ShowEvery);
        try
        {
            while (!agent.Completion.IsCompleted && !((_options.Once || _options.Compare) && playing.IsCompleted) && await ticks.WaitForNextTickAsync(over.Token))
            {
                Show(agent.Counters, worker.Counters, model);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or Ctrl-C.
        }

        await over.CancelAsync();
        await playing;
    }

    // The embedded broker keeps little: the rules read along before the first event is published.
    private static async Task JoinedAsync(Func<bool> isReady, CancellationToken stop)
    {
        while (!isReady())
        {
            await Task.Delay(20, stop);
        }
    }

    // What the embedded broker drops is counted nowhere; so the agent waits before it comes to that, and what then does not
    // fit into the kernel's ring is counted there.
    private bool IsBehind(AgentHost? agent, RulesWorker worker) =>
        agent?.Counters is { } counters && counters.Published - Math.Min(worker.Counters.Consumed, _compare?.Read ?? long.MaxValue) > MaxLag;

    // Everything acknowledged is judged, and the alerts made from it are read back. However far the rules are behind, they
    // are waited for as long as they get on.
    private async Task DrainAsync(AgentHost agent, RulesWorker worker, ModelRun? model)
    {
        var (seen, since) = (-1L, _clock.Elapsed);
        while (_clock.Elapsed - since < DrainLimit
            && (Math.Min(worker.Counters.Consumed, _compare?.Read ?? long.MaxValue) < agent.Counters.Published + (_compare?.Published ?? 0) || _alerts.Total < worker.Counters.Alerts.Values.Sum()))
        {
            await Task.Delay(50);
            Show(agent.Counters, worker.Counters, model);
            if (worker.Counters.Consumed + _alerts.Total is var now && now > seen)
            {
                (seen, since) = (now, _clock.Elapsed);
            }
        }
    }

    // The model judges what it can in its time, and what it says is read back.
    private async Task DrainModelAsync(AgentHost agent, RulesWorker worker, ModelRun model)
    {
        var suspects = worker.Counters.Suspects.Values.Sum();
        await DrainModelAsync(() => model.Judged < suspects, ModelDrainLimit);
        await model.StopAsync();
        await DrainModelAsync(() => _alerts.Total < worker.Counters.Alerts.Values.Sum() + model.Alerts, DrainLimit);

        async Task DrainModelAsync(Func<bool> isWaiting, TimeSpan limit)
        {
            var since = _clock.Elapsed;
            while (!model.HasFailed && isWaiting() && _clock.Elapsed - since < limit)
            {
                await Task.Delay(50);
                Show(agent.Counters, worker.Counters, model);
            }
        }
    }

    private void Show(AgentCounters agent, PipelineCounters rules, ModelRun? model)
    {
        var now = _clock.Elapsed;
        var seconds = Math.Max(0.001, (now - _last.At).TotalSeconds);
        var inference = model?.Report(rules.Suspects, rules.Consumed, _alerts);
        var (prefill, decode) = (inference?.PrefillTokens ?? 0, inference?.DecodeTokens ?? 0);
        _view.Show(new Snapshot
        {
            Elapsed = now,
            EventsPerSecond = (agent.Published - _last.Published) / seconds,
            Captured = agent.Captured,
            Published = agent.Published,
            Consumed = rules.Consumed,
            Dropped = agent.Dropped,
            Alerts = _alerts.Total,
            DeadLetters = rules.DeadLetters.Values.Sum(),
            ScenariosPlayed = Play?.Played ?? 0,
            ScenariosTotal = Play?.Total ?? 0,
            Inference = inference,
            TokensPerSecond = ((prefill - _last.Prefill) / seconds, (decode - _last.Decode) / seconds),
            ResidentBytes = Environment.WorkingSet,
        });
        _last = (now, agent.Published, prefill, decode);
    }

    private int Finish(AgentCounters agent, PipelineCounters rules, ModelRun? model)
    {
        var report = new Report
        {
            Captured = agent.Captured,
            Published = agent.Published,
            Consumed = rules.Consumed,
            Dropped = agent.Dropped,
            Alerts = _alerts.Counts(),
            LatencyMs = _alerts.Latency(AlertFeed.Rule),
            Inference = model?.Report(rules.Suspects, rules.Consumed, _alerts),
            Comparison = _compare?.Finish(_alerts, model?.File, _options.Model, _options.Record),
            Scenarios = _scenarios?.Judge(_alerts) ?? [],
            FirstAlertSeconds = _alerts.FirstAlert?.TotalSeconds,
            PeakResidentBytes = Process.GetCurrentProcess().PeakWorkingSet64,
        };
        _view.End(Summary.Of(report));
        if (_options.Report is { } file)
        {
            report.Write(file);
        }

        return report.Scenarios.All(scenario => scenario.AsExpected) ? 0 : 2;
    }

    private RulesWorkerOptions WorkerOptions(ModelRun? model) => new()
    {
        Suspects = model?.Selector,
        Client = _services.Client(_options.ClientSettings),
        RulePaths = _options.Rules,
        Group = "syscribe-local",
    };

    private AgentOptions AgentOptions(Func<bool> hold) => new()
    {
        RingMegabytes = 64,
        ExcludeProcesses = _options.ExcludeProcesses,
        ExcludeSyscalls = _options.Compare ? CompareRun.LeftOut : [],
        Hold = hold,
        Bootstrap = _services.Bootstrap,
        SchemaRegistry = _services.SchemaRegistry,
        Node = _options.Node ?? Environment.MachineName,
        Client = _services.Client(_options.ClientSettings),
        Replay = _mode.Replay is { } file ? new ReplayOptions(file) : null,
        Say = _view.Note,
    };
}
