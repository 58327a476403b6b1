using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Prometheus;
using Syscribe.Inference.Verdicts;
using Syscribe.Pipeline.Rules;
using Syscribe.Pipeline.Suspects;
using Syscribe.Pipeline.Tests.Suspects;
using Syscribe.Rules;

namespace Syscribe.Pipeline.Tests.Support;

/// <summary>Runs a pipeline with an actor system of its own, which can be ended like a process.</summary>
internal static class RunningPipeline
{
    public static RunningPipeline<RulesPipeline> Of(RulesPipelineOptions options, RuleSet rules, ILogger log)
    {
        var pipeline = new RulesPipeline(options, rules, log);
        return new(pipeline, options.Metrics, pipeline.RunAsync);
    }

    public static RunningPipeline<InferencePipeline> Of(InferencePipelineOptions options, FakeEngine engine, ILogger log)
    {
        var pipeline = new InferencePipeline(options, engine, new VerdictCache(new()), RuleLoader.Load([new RuleSource("test.yaml", SampleEvents.Rules)]).RuleSet!, log);
        return new(pipeline, options.Metrics, (streams, stop) => pipeline.RunAsync(streams, stop, CancellationToken.None));
    }
}

/// <summary>A pipeline that runs; disposed, it ends without a farewell.</summary>
internal sealed class RunningPipeline<T> : IAsyncDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create(
        "pipeline", "akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public RunningPipeline(T pipeline, CollectorRegistry metrics, Func<ActorMaterializer, CancellationToken, Task> run)
    {
        (Pipeline, Metrics) = (pipeline, metrics);
        _running = run(_actors.Materializer(), _stop.Token);
    }

    public T Pipeline { get; }

    public CollectorRegistry Metrics { get; }

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
