using System.Collections.Concurrent;
using Akka.Streams;
using Akka.Streams.Dsl;
using Confluent.Kafka;
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
    private volatile IConsumerControl? _consumer;

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
        CheckSettings();
        _metrics = new PipelineMetrics(options.Metrics, Counters, () => Status, options.Suspects);
    }

    /// <summary>What it has done so far.</summary>
    public PipelineCounters Counters { get; } = new();

    /// <summary>What its consumer is doing.</summary>
    public ConsumerStatus Status => _consumer?.Status ?? ConsumerStatus.None;

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
    public async Task RunAsync(IMaterializer materializer, CancellationToken stop)
    {
        var backoff = _options.Backoff.First;
        while (!stop.IsCancellationRequested)
        {
            var started = _options.Time.GetTimestamp();
            var failure = await RunOnceAsync(materializer, stop);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (_options.Time.GetElapsedTime(started) > _options.Backoff.Longest)
            {
                backoff = _options.Backoff.First;
            }

            Counters.AddRestart();
            LogMessages.Restarting(_log, backoff.TotalSeconds, failure?.Message ?? "the stream ended by itself");
            await Task.Delay(backoff, _options.Time, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            backoff = backoff * 2 < _options.Backoff.Longest ? backoff * 2 : _options.Backoff.Longest;
        }
    }

    // Without it a setting that librdkafka does not know would fail each start of the stream, for ever.
    private void CheckSettings()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(_source.EffectiveClient()).SetLogHandler((_, _) => { }).Build();
        using var producer = new ProducerBuilder<Null, Null>(_producer.EffectiveClient()).SetLogHandler((_, _) => { }).Build();
    }

    private async Task<Exception?> RunOnceAsync(IMaterializer materializer, CancellationToken stop)
    {
        // What the last run chose and did not write is read again, and must be as new as it was.
        _options.Suspects?.Forget();
        var ((control, producerClosed), done) = Graph().Run(materializer);
        _consumer = control;
        await using var stopping = stop.Register(control.Stop);
        Exception? failure = null;
        try
        {
            await done;
        }
        catch (Exception e)
        {
            failure = e;
        }

        // The next run must not find its predecessor still in the group, or its records in the client's queue.
        await Task.WhenAll(control.Closed, producerClosed);
        return failure;
    }

    private IRunnableGraph<((IConsumerControl, Task), Task)> Graph() =>
        Source.FromGraph(new KafkaSource(_source, _log))
            .SelectAsync(_options.Parallelism, batch => Task.Run(() => Evaluate(batch)))
            .ViaMaterialized(new KafkaProducerFlow<EvaluatedBatch>(_producer, _log), Keep.Both)
            .ToMaterialized(Sink.FromGraph(new FinishSink<EvaluatedBatch>(Finish)), Keep.Both);

    private EvaluatedBatch Evaluate(RecordBatch batch)
    {
        var evaluator = _evaluators.TryTake(out var idle) ? idle : NewEvaluator();
        var result = evaluator.Evaluate(batch, _rules, Counters);
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
