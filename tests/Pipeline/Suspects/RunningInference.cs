using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Prometheus;
using Syscribe.Inference.Verdicts;
using Syscribe.Pipeline.Suspects;

namespace Syscribe.Pipeline.Tests.Suspects;

/// <summary>A pipeline with an actor system of its own.</summary>
internal sealed class RunningInference : IAsyncDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create(
        "inference", "akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public RunningInference(InferencePipelineOptions options, FakeEngine engine, ILogger log)
    {
        Metrics = options.Metrics;
        Pipeline = new InferencePipeline(options, engine, new VerdictCache(new()), threshold: 0, log);
        _running = Pipeline.RunAsync(_actors.Materializer(), _stop.Token, CancellationToken.None);
    }

    public InferencePipeline Pipeline { get; }

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
