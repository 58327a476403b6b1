using Prometheus;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Verdicts;
using Syscribe.Pipeline.Consuming;

namespace Syscribe.Pipeline.Suspects;

/// <summary>The inference pipeline's Prometheus metrics, all named <c>syscribe_inference_*</c>.</summary>
internal sealed class InferenceMetrics
{
    private static readonly double[] LatencySeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

    private readonly List<(Counter Metric, Func<double> Value)> _counters = [];
    private readonly List<(Gauge Metric, Func<double> Value)> _gauges = [];
    private readonly Counter _alerts;
    private readonly Counter _deadLetters;
    private readonly Gauge _lag;

    public InferenceMetrics(
        CollectorRegistry registry, InferenceCounters counters, IInferenceEngine engine, VerdictCache cache, Func<ConsumerStatus> status)
    {
        var metrics = Metrics.WithCustomRegistry(registry);
        EngineCounters Engine() => engine.Counters;
        AddCounter(metrics, "events_total", "Events judged or given up.", () => counters.Events);
        AddCounter(metrics, "cached_total", "Events whose verdict cost no inference.", () => counters.FromCache);
        AddCounter(metrics, "contradicted_total", "Events whose answer was an alert that they contradict.", () => counters.Contradicted);
        AddCounter(metrics, "restarts_total", "Times the stream failed and was started again.", () => counters.Restarts);
        AddCounter(metrics, "steps_total", "Decode steps.", () => Engine().Steps);
        AddCounter(metrics, "step_retries_total", "Decode steps that failed and were repeated in parts.", () => Engine().Retries);
        AddCounter(metrics, "prefill_tokens_total", "Prompt tokens computed.", () => Engine().PrefillTokens);
        AddCounter(metrics, "decode_tokens_total", "Answer tokens computed.", () => Engine().DecodeTokens);
        AddCounter(metrics, "forced_tokens_total", "Answer tokens that followed without a choice.", () => Engine().ForcedTokens);
        AddCounter(metrics, "model_seconds_total", "Time inside the model.", () => Engine().ModelTime.TotalSeconds);
        AddCounter(metrics, "cache_evicted_total", "Verdicts dropped for room.", () => cache.Counters.Evicted);
        AddCounter(metrics, "cache_expired_total", "Verdicts dropped for age.", () => cache.Counters.Expired);
        AddGauge(metrics, "cache_entries", "Verdicts held.", () => cache.Counters.Entries);
        AddGauge(metrics, "pending_requests", "Requests waiting for a slot, queued or running.", () => Engine().Pending);
        AddGauge(metrics, "running_sequences", "Sequences in the model's context.", () => Engine().Running);
        AddGauge(metrics, "paused", "1 while partitions are paused because the model is busy.", () => status().Paused ? 1 : 0);
        _alerts = metrics.CreateCounter("syscribe_inference_alerts_total", "Alerts acknowledged by the broker.", "rule");
        _deadLetters = metrics.CreateCounter("syscribe_inference_dead_letters_total", "Records given up.", "reason");
        _lag = metrics.CreateGauge("syscribe_inference_lag_records", "Records of suspects.v1 between the position and the end, all partitions.");
        AlertLatency = metrics.CreateHistogram(
            "syscribe_inference_alert_latency_seconds", "From the event in the kernel to the acknowledged alert, by wall clock.",
            new HistogramConfiguration { Buckets = LatencySeconds });
        registry.AddBeforeCollectCallback(() => Refresh(counters, status()));
    }

    public Histogram AlertLatency { get; }

    private void AddCounter(IMetricFactory metrics, string name, string help, Func<double> value) =>
        _counters.Add((metrics.CreateCounter("syscribe_inference_" + name, help), value));

    private void AddGauge(IMetricFactory metrics, string name, string help, Func<double> value) =>
        _gauges.Add((metrics.CreateGauge("syscribe_inference_" + name, help), value));

    private void Refresh(InferenceCounters counters, ConsumerStatus status)
    {
        foreach (var (metric, value) in _counters)
        {
            metric.IncTo(value());
        }

        foreach (var (metric, value) in _gauges)
        {
            metric.Set(value());
        }

        foreach (var (rule, count) in counters.Alerts)
        {
            _alerts.WithLabels(rule).IncTo(count);
        }

        foreach (var (reason, count) in counters.DeadLetters)
        {
            _deadLetters.WithLabels(reason).IncTo(count);
        }

        _lag.Set(status.Lag.Values.Sum());
    }
}
