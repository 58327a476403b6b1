using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;

namespace Syscribe.Worker;

/// <summary>
/// One pipeline in this process: its actor system, its health endpoint, and a stop that loses nothing. What both workers are
/// around their own parts.
/// </summary>
internal sealed class PipelineHost : IAsyncDisposable
{
    // What fails in a stream ends up in the pipeline's own task and log; standard output belongs to alerts.
    private const string ActorSettings = "akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }";

    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(10);

    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly HttpEndpoint? _http;
    private readonly ActorSystem _actors;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Starts the pipeline.</summary>
    /// <param name="name">Of the actor system.</param>
    /// <param name="run">Runs the pipeline until the first token says stop; the second gives up what it still waits for.</param>
    /// <param name="http">Answers health checks until the end; null for none.</param>
    /// <param name="log">Log.</param>
    /// <param name="time">Clock.</param>
    public PipelineHost(string name, Func<IMaterializer, CancellationToken, CancellationToken, Task> run, HttpEndpoint? http, ILogger log, TimeProvider time)
    {
        (_http, _log, _time) = (http, log, time);
        _actors = ActorSystem.Create(name, ActorSettings);
        Running = run(_actors.Materializer(), _stop.Token, _abandon.Token);
    }

    /// <summary>Ends with the pipeline.</summary>
    public Task Running { get; }

    /// <summary>Stops reading, finishes what is in flight, commits and leaves the group; after <paramref name="timeout"/> gives up the rest.</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        LogMessages.Stopping(_log);
        await _stop.CancelAsync();
        try
        {
            await Running.WaitAsync(timeout, _time);
        }
        catch (TimeoutException)
        {
            LogMessages.StopTimedOut(_log, timeout.TotalSeconds);
        }
    }

    /// <summary>Ends at once where <see cref="StopAsync"/> was not called. Once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _abandon.CancelAsync();
        if (_http is not null)
        {
            await _http.DisposeAsync();
        }

        await _actors.Terminate();
        await Running.WaitAsync(AbandonTimeout, _time).ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
        _abandon.Dispose();
    }
}
