using Prometheus;
using Syscribe.Agent.Publish;
using Syscribe.Agent.Sources;

namespace Syscribe.Agent.Health;

/// <summary>The agent's Prometheus metrics. Counters are copied from the agent's own when they are asked for.</summary>
internal sealed class AgentMetrics
{
    // 1 ms to 8 s, doubling.
    private static readonly double[] LatencyBuckets = Histogram.ExponentialBuckets(0.001, 2, 14);

    private readonly MetricFactory _make;
    private readonly Counter _dropped;
    private readonly Histogram _latency;

    public AgentMetrics()
    {
        _make = Metrics.WithCustomRegistry(Registry);
        _dropped = _make.CreateCounter("syscribe_capture_dropped_total", "Events lost, by cause.", "cause");
        _latency = _make.CreateHistogram(
            "syscribe_publish_latency_seconds",
            "From a record's queueing to its acknowledgement, one record in 64.",
            new HistogramConfiguration { Buckets = LatencyBuckets });
    }

    /// <summary>What the endpoint serves.</summary>
    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Takes one sampled latency, in seconds.</summary>
    public void Latency(double seconds) => _latency.Observe(seconds);

    /// <summary>Serves the counters of one agent run from now on.</summary>
    public void Observe(Func<SourceCounters> source, EventPublisher publisher, Func<AgentCounters> agent)
    {
        var set = new List<Action<SourceCounters>>();
        Count("syscribe_capture_seen_total", "Events that the kernel programs saw.", static c => c.Seen);
        Count("syscribe_capture_filtered_total", "Events excluded by system call, process or cgroup.", static c => c.Filtered);
        Count("syscribe_capture_submitted_total", "Events that the kernel programs handed over.", static c => c.Submitted);
        Count("syscribe_capture_read_faults_total", "Events that lack a part: user memory was not resident.", static c => c.ReadFaults);
        Count("syscribe_capture_process_lookups_total", "Processes looked up in /proc: no event told of them.", static c => c.ProcessLookups);
        Count("syscribe_capture_descriptor_lookups_total", "Descriptors looked up in /proc.", static c => c.DescriptorLookups);
        Count("syscribe_publish_records_total", "Records that the cluster acknowledged.", _ => publisher.Published);
        Count("syscribe_publish_bytes_total", "Bytes of the acknowledged records, before compression.", _ => publisher.PublishedBytes);
        Count("syscribe_containers_found_total", "Questions to container runtimes that metadata answered.", static c => c.Containers.Found);
        Count("syscribe_containers_not_found_total", "Questions to which no runtime knew the container.", static c => c.Containers.NotFound);
        Count("syscribe_containers_failed_total", "Questions that a runtime failed to answer.", static c => c.Containers.Failed);
        Count("syscribe_containers_skipped_total", "Questions not asked: too many were waiting.", static c => c.Containers.Skipped);
        Count("syscribe_containers_waited_events_total", "Events that waited for their container's metadata.", static c => c.Containers.Waited);
        Count("syscribe_containers_timed_out_events_total", "Of them: went without, the time was over.", static c => c.Containers.TimedOut);
        Count("syscribe_containers_overflowed_events_total", "Of them: went without, too many waited.", static c => c.Containers.Overflowed);
        Gauge("syscribe_containers_waiting_events", "Events that wait for their container's metadata.", static c => c.Containers.Waiting);
        Gauge("syscribe_containers_known", "Containers whose metadata is held.", static c => c.Containers.Known);
        Gauge("syscribe_containers_runtimes", "Container runtimes that answer.", static c => c.Containers.Runtimes);
        Gauge("syscribe_capture_unread", "Events in the kernel's ring, or waiting for their container's metadata.", static c => c.Unread);
        Gauge("syscribe_capture_processes", "Processes in the process tree.", static c => c.Processes);
        Gauge("syscribe_publish_in_flight", "Records on the way to the cluster.", _ => publisher.InFlight);
        var blocked = _make.CreateCounter(
            "syscribe_publish_blocked_seconds_total", "Time that reading has waited for room in the producer's queue.");
        Registry.AddBeforeCollectCallback(() =>
        {
            var counters = source();
            set.ForEach(action => action(counters));
            blocked.IncTo(publisher.Blocked.TotalSeconds);
            foreach (var (cause, count) in agent().Dropped)
            {
                _dropped.WithLabels(cause).IncTo(count);
            }
        });

        void Count(string name, string help, Func<SourceCounters, long> value)
        {
            var counter = _make.CreateCounter(name, help);
            set.Add(counters => counter.IncTo(value(counters)));
        }

        void Gauge(string name, string help, Func<SourceCounters, long> value)
        {
            var gauge = _make.CreateGauge(name, help);
            set.Add(counters => gauge.Set(value(counters)));
        }
    }
}
