using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;
using Prometheus;
using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Verdicts;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Suspects;

namespace Syscribe.Worker;

/// <summary>
/// Hosts the inference pipeline and its model in a process: runs the stream, answers health checks, and stops without losing
/// what is in flight. It is not ready while its consumer has not joined, nor when the model has failed.
/// </summary>
public sealed class InferenceWorker : IAsyncDisposable
{
    private readonly IInferenceEngine _engine;
    private readonly VerdictCache _cache;
    private readonly CachedSchemaRegistryClient _registry;
    private readonly InferencePipeline _pipeline;
    private readonly PipelineHost _host;
    private readonly ILogger _log;
    private readonly WatchedRules _rules;
    private bool _disposed;

    private InferenceWorker(InferenceWorkerOptions options, IInferenceEngine engine, ILogger log, CachedSchemaRegistryClient registry)
    {
        _engine = engine;
        _log = log;
        var named = new NamedRules(options.RulePaths, options.Loading);
        var rules = named.LoadOrThrow();
        _cache = new VerdictCache(options.Cache, options.Time);
        _registry = registry;
        var metrics = Metrics.NewCustomRegistry();
        _pipeline = new InferencePipeline(
            new InferencePipelineOptions
            {
                Kafka = options.Client, Registry = registry, Group = options.Group, OnAlert = options.OnAlert, Metrics = metrics, Time = options.Time,
            },
            engine,
            _cache,
            rules,
            log);
        var http = options.MetricsPort is { } port ? new HttpEndpoint(port, metrics, NotReady) : null;
        LogMessages.ModelLoaded(log, engine.Answers.Count, engine.ModelDigest[..Math.Min(12, engine.ModelDigest.Length)]);
        RulesAreNew(named.Name);
        LogMessages.Started(log, Topics.Suspects, options.Client["bootstrap.servers"] ?? "", options.Group);
        _host = new PipelineHost("syscribe-inference", _pipeline.RunAsync, http, log, options.Time);
        _rules = new WatchedRules(named, rules, options.Time, log, changed =>
        {
            _pipeline.Rules = changed;
            RulesAreNew(named.Name);
        });
    }

    /// <summary>What the pipeline has done so far.</summary>
    public InferenceCounters Counters => _pipeline.Counters;

    /// <summary>What the model has done so far.</summary>
    public EngineCounters Engine => _engine.Counters;

    /// <summary>What the verdict cache has done so far.</summary>
    public VerdictCacheCounters Cache => _cache.Counters;

    /// <summary>What the pipeline's consumer is doing.</summary>
    public ConsumerStatus Status => _pipeline.Status;

    /// <summary>Whether the consumer is a member of its group and the model works.</summary>
    public bool IsReady => NotReady() is null;

    /// <summary>Completes when the model has ended; faulted where it failed for good. The worker must then be stopped.</summary>
    public Task ModelEnded => _engine.Ended;

    /// <summary>Starts on <paramref name="engine"/>, which the worker owns from here on. A broker that is away is waited for.</summary>
    /// <exception cref="UserErrorException">A setting, the model's answers or the port are unusable; the caller keeps the engine.</exception>
    public static InferenceWorker Start(InferenceWorkerOptions options, IInferenceEngine engine, ILogger log)
    {
        CachedSchemaRegistryClient? registry = null;
        try
        {
            registry = options.Client.CreateRegistryClient();
            return new InferenceWorker(options, engine, log, registry);
        }
        catch (Exception e) when (e is UserErrorException or ArgumentException or InvalidOperationException or FormatException)
        {
            registry?.Dispose();
            throw e as UserErrorException ?? new UserErrorException(e.Message, e);
        }
    }

    /// <summary>Loads the rules again, which check the model's alerts. Rules with errors change nothing. Any thread.</summary>
    /// <returns>Whether the rules now in use are those of the files.</returns>
    public bool ReloadRules() => _rules.Reload();

    /// <summary>Stops reading, finishes what is in flight, commits and leaves the group.</summary>
    /// <param name="timeout">After which the rest is given up; it is read again by the next worker.</param>
    public async Task StopAsync(TimeSpan timeout)
    {
        await _host.StopAsync(timeout);
        await DisposeAsync();
    }

    /// <summary>Ends at once where <see cref="StopAsync"/> was not called: uncommitted records are read again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _rules.Dispose();
        await _host.DisposeAsync();
        await _engine.DisposeAsync();
        _registry.Dispose();
    }

    private void RulesAreNew(string name)
    {
        LogMessages.AlertsChecked(_log, _pipeline.Rules.Rules.Count(rule => rule.Enabled), name, _pipeline.Rules.Digest[..12]);
        if (_pipeline.Unchecked is { Count: > 0 } free)
        {
            LogMessages.AlertsUnchecked(_log, free.Count, free[0].Rule);
        }
    }

    private string? NotReady() =>
        _engine.Ended.IsCompleted ? "the model has failed"
        : Status.Joined ? null
        : "the consumer has not joined its group yet";
}
