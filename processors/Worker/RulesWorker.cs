using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;
using Prometheus;
using Syscribe.Alerts;
using Syscribe.Events;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Rules;
using Syscribe.Rules.Domains;
using RuleSet = Syscribe.Rules.RuleSet;

namespace Syscribe.Worker;

/// <summary>
/// Hosts the rules pipeline in a process: loads the rules and loads them again when their files change, runs the stream,
/// answers health checks, and stops without losing what is in flight. Several may run in one process.
/// </summary>
public sealed class RulesWorker : IAsyncDisposable
{
    private readonly ILogger _log;
    private readonly NamedRules _named;
    private readonly DomainResolver? _resolver;
    private readonly CachedSchemaRegistryClient _registry;
    private readonly FalcoJsonLog? _falcoJson;
    private readonly RulesPipeline _pipeline;
    private readonly PipelineHost _host;
    private readonly WatchedRules _watch;
    private bool _disposed;

    private RulesWorker(RulesWorkerOptions options, ILogger log, Starting made)
    {
        _log = log;
        (_named, _resolver, _registry, _falcoJson, _pipeline) = (made.Named, made.Resolver, made.Registry!, made.FalcoJson, made.Pipeline!);
        _watch = new WatchedRules(_named, _pipeline.Rules, options.Time, log, rules =>
        {
            _pipeline.Rules = rules;
            RulesAreNew();
        });
        made.IsReady = () => IsReady;
        RulesAreNew();
        LogMessages.Started(log, Topics.Syscalls, options.Client["bootstrap.servers"] ?? "", options.Group);
        _host = new PipelineHost("syscribe-rules", (materializer, stop, _) => _pipeline.RunAsync(materializer, stop), made.Http, log, options.Time);
    }

    /// <summary>What the pipeline has done so far.</summary>
    public PipelineCounters Counters => _pipeline.Counters;

    /// <summary>What the pipeline's consumer is doing.</summary>
    public ConsumerStatus Status => _pipeline.Status;

    /// <summary>The rules in use.</summary>
    public RuleSet Rules => _pipeline.Rules;

    /// <summary>Whether the consumer is a member of its group, with partitions or without.</summary>
    public bool IsReady => Status.Joined;

    /// <summary>Ends with the pipeline: after a stop, or with the error if it cannot go on, which only a defect causes.</summary>
    public Task Completion => _host.Running;

    /// <summary>Loads the rules and starts. It returns before the broker has answered; a broker that is away is waited for.</summary>
    /// <exception cref="UserErrorException">Rules, a setting, the alert file or the port are unusable; nothing is left running.</exception>
    public static RulesWorker Start(RulesWorkerOptions options, ILogger log)
    {
        var resolver = options is { ResolveNames: true, Loading.Resolver: null } ? new DomainResolver(time: options.Time) : null;
        var loading = resolver is null ? options.Loading : options.Loading with { Resolver = resolver };
        var made = new Starting(new NamedRules(options.RulePaths, loading), resolver);
        try
        {
            var rules = made.Named.LoadOrThrow();
            made.Registry = options.Client.CreateRegistryClient();
            made.FalcoJson = OpenLog(options.FalcoJson);
            var metrics = Metrics.NewCustomRegistry();
            made.Pipeline = new RulesPipeline(PipelineOptions(options, made, metrics), rules, log);
            made.Http = options.MetricsPort is { } port
                ? new HttpEndpoint(port, metrics, () => made.IsReady() ? null : "the consumer has not joined its group yet")
                : null;
            return new RulesWorker(options, log, made);
        }
        catch (Exception e) when (e is UserErrorException or ArgumentException or InvalidOperationException)
        {
            made.Registry?.Dispose();
            made.FalcoJson?.Dispose();
            throw e as UserErrorException ?? new UserErrorException(e.Message, e);
        }
    }

    /// <summary>
    /// Loads the rules again. Rules with errors change nothing: the old ones stay in use and the log says why. Any thread.
    /// </summary>
    /// <returns>Whether the rules now in use are those of the files.</returns>
    public bool ReloadRules() => _watch.Reload();

    /// <summary>Opens the alert file anew before its next line, after a log rotation. Any thread.</summary>
    public void ReopenLog() => _falcoJson?.Reopen();

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
        _watch.Dispose();
        await _host.DisposeAsync();
        _falcoJson?.Dispose();
        _registry.Dispose();
        if (_resolver is not null)
        {
            await _resolver.DisposeAsync();
        }
    }

    private static RulesPipelineOptions PipelineOptions(RulesWorkerOptions options, Starting made, CollectorRegistry metrics) => new()
    {
        Kafka = options.Client,
        Registry = made.Registry!, // set before
        Group = options.Group,
        FromBeginning = options.FromBeginning,
        Suspects = options.Suspects,
        Logs = made.FalcoJson is { } falcoJson ? [falcoJson] : [],
        OnAlert = options.OnAlert,
        Metrics = metrics,
        Time = options.Time,
    };

    private static FalcoJsonLog? OpenLog(string? path)
    {
        try
        {
            return path switch
            {
                null => null,
                "-" => FalcoJsonLog.ToStandardOutput(),
                _ => FalcoJsonLog.ToFile(path),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"open {path} for alerts: {e.Message}; --falco-json takes a file in an existing folder, or - for standard output", e);
        }
    }

    private void RulesAreNew()
    {
        LogMessages.RulesLoaded(_log, Rules.Rules.Count(r => r.Enabled), _named.Name, Rules.Digest[..12]);
        if (_resolver is null)
        {
            return;
        }

        _resolver.Watch(Rules.DomainNames);
        if (Rules.DomainNames.Count > 0)
        {
            LogMessages.NamesResolved(_log, Rules.DomainNames.Count);
        }
    }

    /// <summary>What a start has made so far, to be undone where it fails.</summary>
    private sealed class Starting(NamedRules named, DomainResolver? resolver)
    {
        public NamedRules Named { get; } = named;

        public DomainResolver? Resolver { get; } = resolver;

        public CachedSchemaRegistryClient? Registry { get; set; }

        public FalcoJsonLog? FalcoJson { get; set; }

        public RulesPipeline? Pipeline { get; set; }

        public HttpEndpoint? Http { get; set; }

        public Func<bool> IsReady { get; set; } = () => false;
    }
}
