using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Syscribe.Pipeline.Rules;
using Syscribe.Rules;

namespace Syscribe.Pipeline.Tests.Support;

/// <summary>A pipeline with an actor system of its own, which can be ended like a process.</summary>
internal sealed class RunningPipeline : IAsyncDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create(
        "pipeline", "akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public RunningPipeline(RulesPipelineOptions options, RuleSet rules, ILogger log)
    {
        Metrics = options.Metrics;
        Pipeline = new RulesPipeline(options, rules, log);
        _running = Pipeline.RunAsync(_actors.Materializer(), _stop.Token);
    }

    public RulesPipeline Pipeline { get; }

    public Prometheus.CollectorRegistry Metrics { get; }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        var ended = _actors.Terminate();
        await _stop.CancelAsync();
        await ended;
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
