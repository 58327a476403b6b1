using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging;
using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Verdicts;
using Syscribe.Kafka;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Producing;
using Syscribe.Pipeline.Rules;
using RuleSet = Syscribe.Rules.RuleSet;

namespace Syscribe.Pipeline.Suspects;

/// <summary>
/// Events that the rules cannot judge, to alerts:
/// <code>
/// suspects.v1 -> KafkaSource -> decode, cache, model -> KafkaProducerFlow -> finish offsets
///                               (in parallel, order kept)   alerts.v1, suspects.v1.dead
/// </code>
/// Demand flows from the engine's free slots: when all batches wait for it, the source pauses its partitions and goes on
/// polling, so that the group keeps the consumer however slow the model is. At least once, as in
/// <see cref="RulesPipeline"/>; answers come out of order and offsets are committed in order.
/// </summary>
public sealed class InferencePipeline
{
    private readonly InferencePipelineOptions _options;
    private readonly SuspectJudge _judge;
    private readonly ILogger _log;
    private readonly InferenceMetrics _metrics;
    private readonly KafkaSourceOptions _source;
    private readonly KafkaProducerOptions _producer;
    private readonly StreamRunner _runner;

    /// <summary>Makes the pipeline; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="options">What it reads, writes and tells.</param>
    /// <param name="engine">The model. Not disposed by the pipeline; stopping it first fails what is in flight, which is read again.</param>
    /// <param name="cache">Its verdicts.</param>
    /// <param name="rules">The rules in force, with which its alerts are checked.</param>
    /// <param name="log">Log.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="FormatException">The model's answers are not alerts.</exception>
    /// <exception cref="InvalidOperationException">A client setting is missing, unknown or wrong.</exception>
    public InferencePipeline(InferencePipelineOptions options, IInferenceEngine engine, VerdictCache cache, RuleSet rules, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1);
        _options = options;
        _log = log;
        _judge = new SuspectJudge(engine, cache, rules);
        _source = new KafkaSourceOptions
        {
            Client = options.Kafka,
            Group = options.Group,
            Topic = options.SuspectTopic,
            BatchRecords = options.BatchRecords,
            Time = options.Time,
        };
        _producer = new KafkaProducerOptions { Client = options.Kafka, MaxInFlightBatches = options.MaxInFlightBatches };
        _runner = new StreamRunner(_source, _producer, options.Backoff, options.Time, OnRestart);
        _runner.CheckSettings();
        _metrics = new InferenceMetrics(options.Metrics, Counters, engine, cache, () => Status);
    }

    /// <summary>What it has done so far.</summary>
    public InferenceCounters Counters { get; } = new();

    /// <summary>The rules in force; new ones hold from the next event on.</summary>
    public RuleSet Rules
    {
        get => _judge.Rules;
        set => _judge.Rules = value;
    }

    /// <summary>The model's alerts that no rule in force checks.</summary>
    public IReadOnlyList<KnownAlert> Unchecked => _judge.Unchecked;

    /// <summary>What its consumer is doing.</summary>
    public ConsumerStatus Status => _runner.Status;

    /// <summary>
    /// Runs until <paramref name="stop"/>, then finishes what is in flight, commits and leaves the group. It fails never:
    /// failures are logged, counted and tried again.
    /// </summary>
    /// <param name="materializer">Runs the stream.</param>
    /// <param name="stop">Ends it gracefully.</param>
    /// <param name="abandon">Gives up the answers still waited for; their events are read again later.</param>
    public Task RunAsync(IMaterializer materializer, CancellationToken stop, CancellationToken abandon) =>
        _runner.RunAsync(materializer, Graph, stop, abandon);

    private void OnRestart(TimeSpan pause, string reason)
    {
        Counters.AddRestart();
        LogMessages.InferenceRestarting(_log, pause.TotalSeconds, reason);
    }

    // A run's answers must not outlive it: the next one asks again for what this one has not finished.
    private IRunnableGraph<((IConsumerControl, Task), Task)> Graph(CancellationToken abandon)
    {
        var evaluator = NewEvaluator();
        return Source.FromGraph(new KafkaSource(_source, _log))
            .SelectAsync(_options.Parallelism, batch => evaluator.EvaluateAsync(batch, Counters, abandon))
            .ViaMaterialized(new KafkaProducerFlow<JudgedBatch>(_producer, _log), Keep.Both)
            .ToMaterialized(Sink.FromGraph(new FinishSink<JudgedBatch>(Finish)), Keep.Both);
    }

    private SuspectEvaluator NewEvaluator() => new(
        _judge,
        new SyscallEventDeserializer(_options.Registry, time: _options.Time),
        RecordSerdes.AlertSerializer(_options.Registry, _options.Kafka.ForSerializer()),
        new DeadLetterWriter(
            RecordSerdes.DeadLetterSerializer(_options.Registry, _options.Kafka.ForSerializer()),
            Topics.DeadLetters(_options.SuspectTopic),
            _options.Worker,
            _options.Time),
        _options.AlertTopic);

    // Everything made from the batch is acknowledged.
    private void Finish(JudgedBatch batch)
    {
        foreach (var reason in batch.DeadLetterReasons)
        {
            Counters.AddDeadLetter(reason);
        }

        var nowNs = (_options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        foreach (var alert in batch.Alerts)
        {
            Counters.AddAlert(alert.Rule);
            _metrics.AlertLatency.Observe(Math.Max(0, nowNs - alert.TimeNs) / 1e9);
            _options.OnAlert?.Invoke(alert);
        }

        batch.Offsets.Finish();
    }
}
