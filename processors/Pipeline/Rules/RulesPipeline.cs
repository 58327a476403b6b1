using System.Collections.Concurrent;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Producing;
using Syscribe.Rules;

namespace Syscribe.Pipeline.Rules;

/// <summary>
/// Events to alerts:
/// <code>
/// syscalls.v1 -> KafkaSource -> decode and evaluate -> KafkaProducerFlow -> logs -> finish offsets
///                               (in parallel, order kept)   alerts.v1, suspects.v1, syscalls.v1.dead
/// </code>
/// At least once: a record's offset is committed after everything made from it is acknowledged. When the stream fails
/// it is started again with backoff and reads again what was not committed; alerts made twice carry the same id.
/// </summary>
public sealed class RulesPipeline
{
    private readonly RulesPipelineOptions _options;
    private readonly ILogger _log;
    private readonly PipelineMetrics _metrics;
    private readonly KafkaSourceOptions _source;
    private readonly KafkaProducerOptions _producer;
    private readonly ConcurrentBag<BatchEvaluator> _evaluators = [];
    private volatile RuleSet _rules;
    private readonly StreamRunner _runner;

    /// <summary>Makes the pipeline; <see cref="RunAsync"/> starts it.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="InvalidOperationException">A client setting is missing, unknown or wrong.</exception>
    public RulesPipeline(RulesPipelineOptions options, RuleSet rules, ILogger log)
    {
        _options = options;
        _log = log;
        _rules = rules;
        _source = new KafkaSourceOptions
        {
            Client = options.Kafka,
            Group = options.Group,
            Topic = options.EventTopic,
            Replay = options.FromBeginning ? new Replay() : null,
            Time = options.Time,
        };
        _producer = new KafkaProducerOptions { Client = options.Kafka, MaxInFlightBatches = options.MaxInFlightBatches };
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1);
        _runner = new StreamRunner(_source, _producer, options.Backoff, options.Time, OnRestart);
        _runner.CheckSettings();
        _metrics = new PipelineMetrics(options.Metrics, Counters, () => Status, options.Suspects);
    }

    /// <summary>What it has done so far.</summary>
    public PipelineCounters Counters { get; } = new();

    /// <summary>What its consumer is doing.</summary>
    public ConsumerStatus Status => _runner.Status;

    /// <summary>The rules; a new set is used from the next batch on.</summary>
    public RuleSet Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>
    /// Runs until <paramref name="stop"/>, then finishes what is in flight, commits and leaves the group. It fails never:
    /// failures are logged, counted and tried again.
    /// </summary>
    public Task RunAsync(IMaterializer materializer, CancellationToken stop) =>
        _runner.RunAsync(materializer, _ => Graph(), stop, CancellationToken.None);

    private void OnRestart(TimeSpan pause, string reason)
    {
        Counters.AddRestart();
        LogMessages.Restarting(_log, pause.TotalSeconds, reason);
    }

    private IRunnableGraph<((IConsumerControl, Task), Task)> Graph()
    {
        // What the last run chose and did not write is read again, and must be as new as it was.
        _options.Suspects?.Forget();
        return Source.FromGraph(new KafkaSource(_source, _log))
            .SelectAsync(_options.Parallelism, batch => Task.Run(() => EvaluateAsync(batch)))
            .ViaMaterialized(new KafkaProducerFlow<EvaluatedBatch>(_producer, _log), Keep.Both)
            .ToMaterialized(Sink.FromGraph(new FinishSink<EvaluatedBatch>(Finish)), Keep.Both);
    }

    private async Task<EvaluatedBatch> EvaluateAsync(RecordBatch batch)
    {
        var evaluator = _evaluators.TryTake(out var idle) ? idle : NewEvaluator();
        var result = await evaluator.EvaluateAsync(batch, _rules, Counters);
        _evaluators.Add(evaluator); // Not after an exception: its state is in doubt.
        _metrics.BatchRecords.Observe(batch.Records.Count);
        return result;
    }

    private BatchEvaluator NewEvaluator() => new(
        new SyscallEventDeserializer(_options.Registry, time: _options.Time),
        RecordSerdes.AlertSerializer(_options.Registry, _options.Kafka.ForSerializer()),
        new DeadLetterWriter(
            RecordSerdes.DeadLetterSerializer(_options.Registry, _options.Kafka.ForSerializer()),
            Topics.DeadLetters(_options.EventTopic),
            _options.Worker,
            _options.Time),
        _options.AlertTopic,
        _options.Suspects,
        _options.SuspectTopic);

    // Everything made from the batch is acknowledged.
    private void Finish(EvaluatedBatch batch)
    {
        foreach (var reason in batch.DeadLetterReasons)
        {
            Counters.AddDeadLetter(reason);
        }

        foreach (var reason in batch.SuspectReasons)
        {
            Counters.AddSuspect(reason);
        }

        if (batch.Alerts.Count > 0)
        {
            Tell(batch.Alerts);
        }

        batch.Offsets.Finish();
    }

    private void Tell(IReadOnlyList<AlertRecord> alerts)
    {
        var nowNs = (_options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        foreach (var alert in alerts)
        {
            Counters.AddAlert(alert.Rule);
            _metrics.AlertLatency.Observe(Math.Max(0, nowNs - alert.TimeNs) / 1e9);
            _options.OnAlert?.Invoke(alert);
        }

        foreach (var log in _options.Logs)
        {
            WriteLog(log, alerts);
        }
    }

    // A full disk or a closed pipe must not stop detection: the alerts are in the topic.
    private void WriteLog(Alerts.FalcoJsonLog log, IReadOnlyList<AlertRecord> alerts)
    {
        try
        {
            foreach (var alert in alerts)
            {
                log.Append(alert);
            }

            log.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Counters.AddLogFailure();
            LogMessages.AlertLogFailed(_log, log.Name, alerts.Count, e.Message);
        }
    }
}
