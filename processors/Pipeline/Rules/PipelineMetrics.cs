using Prometheus;
using Syscribe.Inference.Suspects;
using Syscribe.Pipeline.Consuming;

namespace Syscribe.Pipeline.Rules;

/// <summary>The rules pipeline's Prometheus metrics, all named <c>syscribe_rules_*</c>; README lists them.</summary>
internal sealed class PipelineMetrics
{
    private static readonly double[] LatencySeconds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Counter _consumed;
    private readonly Counter _evaluated;
    private readonly Counter _restarts;
    private readonly Counter _logFailures;
    private readonly Counter _alerts;
    private readonly Counter _deadLetters;
    private readonly Counter _suspects;
    private readonly Counter _left;
    private readonly SuspectSelector? _selector;
    private readonly Gauge _lag;
    private readonly Gauge _inFlight;
    private readonly Gauge _paused;

    public PipelineMetrics(CollectorRegistry registry, PipelineCounters counters, Func<ConsumerStatus> status, SuspectSelector? selector)
    {
        _selector = selector;
        var metrics = Metrics.WithCustomRegistry(registry);
        _consumed = metrics.CreateCounter("syscribe_rules_records_consumed_total", "Records read from syscalls.v1.");
        _evaluated = metrics.CreateCounter("syscribe_rules_events_evaluated_total", "Events that went through the rules.");
        _alerts = metrics.CreateCounter("syscribe_rules_alerts_total", "Alerts acknowledged by the broker.", "rule");
        _deadLetters = metrics.CreateCounter("syscribe_rules_dead_letters_total", "Records given up.", "reason");
        _restarts = metrics.CreateCounter("syscribe_rules_restarts_total", "Times the stream failed and was started again.");
        _logFailures = metrics.CreateCounter("syscribe_rules_alert_log_failures_total", "Failed writes to alert logs.");
        _suspects = metrics.CreateCounter("syscribe_rules_suspects_total", "Events sent to the model.", "reason");
        _left = metrics.CreateCounter(
            "syscribe_rules_suspects_left_total", "Events left out though unknown: repeated, or while a model in this process was busy.", "cause");
        _lag = metrics.CreateGauge("syscribe_rules_lag_records", "Records between the position and the end of a partition.", "partition");
        _inFlight = metrics.CreateGauge("syscribe_rules_spans_in_flight", "Parts of batches read and not finished.");
        _paused = metrics.CreateGauge("syscribe_rules_paused", "1 while partitions are paused because the stream is full.");
        BatchRecords = metrics.CreateHistogram(
            "syscribe_rules_batch_records", "Records of a batch.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(1, 4, 8) });
        AlertLatency = metrics.CreateHistogram(
            "syscribe_rules_alert_latency_seconds", "From the event in the kernel to the acknowledged alert, by wall clock.",
            new HistogramConfiguration { Buckets = LatencySeconds });
        registry.AddBeforeCollectCallback(() => Refresh(counters, status()));
    }

    public Histogram BatchRecords { get; }

    public Histogram AlertLatency { get; }

    private void Refresh(PipelineCounters counters, ConsumerStatus status)
    {
        _consumed.IncTo(counters.Consumed);
        _evaluated.IncTo(counters.Evaluated);
        _restarts.IncTo(counters.Restarts);
        _logFailures.IncTo(counters.LogFailures);
        foreach (var (rule, count) in counters.Alerts)
        {
            _alerts.WithLabels(rule).IncTo(count);
        }

        foreach (var (reason, count) in counters.DeadLetters)
        {
            _deadLetters.WithLabels(reason).IncTo(count);
        }

        foreach (var (reason, count) in counters.Suspects)
        {
            _suspects.WithLabels(reason.ToString().ToLowerInvariant()).IncTo(count);
        }

        _left.WithLabels("repeated").IncTo(_selector?.Repeated ?? 0);
        _left.WithLabels("busy").IncTo(_selector?.Shed ?? 0);
        _inFlight.Set(status.InFlight);
        _paused.Set(status.Paused ? 1 : 0);
        RefreshLag(status);
    }

    // A partition that went to another worker must not keep its last value here.
    private void RefreshLag(ConsumerStatus status)
    {
        var current = status.Lag.ToDictionary(l => l.Key.Partition.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), l => l.Value);
        foreach (var labels in _lag.GetAllLabelValues().Where(l => !current.ContainsKey(l[0])).ToList())
        {
            _lag.RemoveLabelled(labels);
        }

        foreach (var (partition, lag) in current)
        {
            _lag.WithLabels(partition).Set(lag);
        }
    }
}
