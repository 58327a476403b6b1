using Syscribe.Agent.Health;
using Syscribe.Agent.Publish;
using Syscribe.Agent.Sources;
using Syscribe.Capture;
using Syscribe.Events;

namespace Syscribe.Agent;

/// <summary>
/// A running agent: live system calls, or a recording, published to Kafka. One thread reads, encodes, publishes and counts
/// deliveries. While the cluster takes nothing, that thread waits and the kernel's ring is the buffer.
/// </summary>
/// <remarks>Start it once, stop it once. Members are thread safe.</remarks>
public sealed class AgentHost : IAsyncDisposable
{
    // How long the thread waits for events, and so the most that a quiet machine's event is late: the kernel wakes the
    // reader only when its ring fills. With records on the way the thread looks for their acknowledgement, too.
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(5);
    private const int ReachMs = 1000;
    private const int HoldMs = 2;
    private const int HoldAskEvery = 512;

    private readonly AgentOptions _options;
    private readonly TimeProvider _clock;
    private readonly AgentMetrics _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _patience = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ClusterWatch _watch;
    private HealthEndpoint? _endpoint;
    private EventPublisher? _publisher;
    private IEventSource? _source;
    private Thread? _thread;
    private volatile AgentCounters? _final;
    private int _sinceAsked;

    /// <summary>Checks the options; nothing is opened yet.</summary>
    /// <param name="options">What to capture and where to publish it.</param>
    /// <param name="clock">Time; the system's where null.</param>
    /// <exception cref="AgentException">Options are wrong; the message names each, one a line.</exception>
    public AgentHost(AgentOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw new AgentException(string.Join(Environment.NewLine, errors));
        }

        _options = options;
        _clock = clock ?? TimeProvider.System;
        _watch = new ClusterWatch(options.Bootstrap, options.Say, _clock);
    }

    /// <summary>What became of every event so far.</summary>
    public AgentCounters Counters => _final ?? Count();

    /// <summary>
    /// Ends when the agent has: after <see cref="StopAsync"/>, at the end of a recording that is played once, or faulted with
    /// an <see cref="AgentException"/> when it cannot go on.
    /// </summary>
    public Task Completion => _completed.Task;
    /// <summary>
    /// Opens everything, waiting for a registry and a cluster that are away, and returns once events are captured.
    /// What happened before is not captured.
    /// </summary>
    /// <exception cref="AgentException">Something is refused: a port, a setting, a schema, a BPF program; the message says which.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or stopped, while waiting.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            await OpenAsync(both.Token);
        }
        catch (Exception failure)
        {
            await CloseAsync();
            _completed.TrySetException(failure);
            _ = _completed.Task.Exception; // Seen by the caller of this method; Completion need not be awaited then.
            throw;
        }
    }

    /// <summary>Captures no more, publishes what is held, and waits for its acknowledgement: <see cref="AgentOptions.StopTimeout"/> at most.</summary>
    /// <exception cref="AgentException">The agent had failed before.</exception>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _patience.CancelAfter(_options.StopTimeout);
        _source?.Stop();
        if (_thread is not null)
        {
            await Completion;
        }
    }

    /// <summary>Stops if need be and releases everything. The counters stay readable.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (AgentException)
        {
            // Told by Completion.
        }

        await CloseAsync();
        _stopping.Dispose();
        _patience.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_options.MetricsPort is { } port)
        {
            _endpoint = new HealthEndpoint(port, _metrics.Registry, Unready);
        }

        var settings = _options.AllSettings();
        _publisher = new EventPublisher(settings.ForProducer(), _options.Topic, _watch, _clock)
        {
            Latency = _metrics.Latency,
            Patience = _patience.Token,
        };
        _publisher.SchemaId = await SchemaRegistration.GetIdAsync(settings, _options.Topic, _options.Say, _clock, cancellationToken);
        await Task.Factory.StartNew(
            () => WaitForCluster(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _source = _options.Replay is { } replay ? new ReplaySource(replay, _clock) : LiveSource.Open(_options);
        _metrics.Observe(() => _source.Counters, _publisher, () => Counters);
        _thread = new Thread(Run) { Name = "syscribe-agent", IsBackground = true };
        _thread.Start();
    }

    private void WaitForCluster(CancellationToken cancellationToken)
    {
        while (!_publisher!.Reaches(ReachMs)) // OpenAsync has made it.
        {
            cancellationToken.ThrowIfCancellationRequested();
            _watch.Say("is not reachable");
            _watch.Remind();
        }

        _watch.Answered();
    }

    private void Run()
    {
        var (source, publisher) = (_source!, _publisher!); // OpenAsync has made them before it starts this thread.
        SyscallEventHandler publish = e => Publish(e, publisher);
        try
        {
            while (source.Read(publisher.InFlight > 0 ? BusyWait : IdleWait, publish))
            {
                publisher.Serve(0);
            }

            publisher.Drain();
            _final = Count();
            _completed.TrySetResult();
        }
        catch (Exception failure)
        {
            // The edge of the agent's only loop: whatever it is, the host is told and decides. What is queued still goes out.
            _patience.CancelAfter(_options.StopTimeout);
            publisher.Drain();
            _final = Count();
            _completed.TrySetException(failure as AgentException ?? new AgentException($"Capture failed: {failure.Message}", failure));
        }
    }

    // One reading may hold tens of thousands of events: whether to hold is asked in between, too.
    private void Publish(SyscallEvent captured, EventPublisher publisher)
    {
        publisher.Publish(captured);
        if (++_sinceAsked < HoldAskEvery)
        {
            return;
        }

        _sinceAsked = 0;
        while (_options.Hold() && !_stopping.IsCancellationRequested)
        {
            publisher.Serve(HoldMs);
        }
    }

    private string? Unready() =>
        Completion.IsCompleted ? "stopped"
        : _thread is null ? $"waiting for {_options.SchemaRegistry} and {_options.Bootstrap}"
        : _watch.IsReachable ? null
        : $"Kafka at {_options.Bootstrap} is not reachable: {_watch.Reason}";

    private AgentCounters Count()
    {
        // The publisher is read before the source: events come in between, and none is counted as gone before it came.
        var publisher = _publisher;
        var source = _source?.Counters ?? new SourceCounters();
        var dropped = DropCause.All.ToDictionary(static cause => cause, cause => source.Dropped.GetValueOrDefault(cause));
        dropped[DropCause.TooLarge] += publisher?.TooLarge ?? 0;
        dropped[DropCause.Delivery] += publisher?.Undelivered ?? 0;
        dropped[DropCause.Stopped] += publisher?.Stopped ?? 0;
        return new AgentCounters(
            source.Captured, publisher?.Published ?? 0, (publisher?.InFlight ?? 0) + source.Unread, dropped, publisher?.PublishedBytes ?? 0);
    }

    private async Task CloseAsync()
    {
        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync();
        }

        _source?.Dispose();
        _publisher?.Dispose();
    }
}
