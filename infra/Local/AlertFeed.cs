using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Local.View;

namespace Syscribe.Local;

/// <summary>
/// Reads <c>alerts.v1</c> back as any SIEM would, from where it stood at the start, and keeps what the report needs: counts by detector and rule,
/// latencies, and when each rule was raised.
/// </summary>
public sealed class AlertFeed : IDisposable
{
    /// <summary>Detectors, as counts and lines name them.</summary>
    public const string Rule = "rule", Llm = "llm";

    private readonly Lock _lock = new();
    private readonly IConsumer<byte[], AlertRecord> _consumer;
    private readonly Action<AlertLine> _show;
    private readonly bool _live;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly HashSet<string> _ids = [];
    private readonly List<(string Rule, long TimeNs)> _raised = [];
    private readonly Dictionary<string, Dictionary<string, long>> _counts = new() { [Rule] = [] };
    private readonly Dictionary<string, List<double>> _latencies = [];
    private readonly Dictionary<(long Run, long Seq), List<RaisedAlert>> _byEvent = [];

    // Events, by node, run and number, that a rule alerted on; and those that the model did.
    private readonly HashSet<(string Node, long Run, long Seq)> _byRules = [];
    private readonly List<(string Node, long Run, long Seq)> _byModel = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    /// <summary>Starts reading.</summary>
    /// <param name="client">Settings of the consumer and the registry client.</param>
    /// <param name="live">Whether events are of this boot, so that their kernel timestamps give latencies.</param>
    /// <param name="show">Called for each alert, from the reading thread.</param>
    public AlertFeed(ClientSettings client, bool live, Action<AlertLine> show)
    {
        ArgumentNullException.ThrowIfNull(client);
        _show = show;
        _live = live;
        var settings = client.ForConsumer("syscribe-local-" + Guid.NewGuid().ToString("N"));
        settings.AutoOffsetReset = AutoOffsetReset.Latest;
        _consumer = new ConsumerBuilder<byte[], AlertRecord>(settings)
            .SetValueDeserializer(RecordSerdes.AlertDeserializer(client.CreateRegistryClient()))
            .SetLogHandler(static (_, _) => { })
            .Build();
        TopicTail.Assign(_consumer, Topics.Alerts, client); // before anything is produced, so that the first alert cannot be missed
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Whether it keeps which event each alert is on, for <see cref="On"/>. Default no: a run may be long.</summary>
    internal bool KeepsEvents { get; init; }

    /// <summary>Alerts so far, each id once.</summary>
    public long Total
    {
        get
        {
            lock (_lock)
            {
                return _ids.Count;
            }
        }
    }

    /// <summary>Time from the start to the first alert; null while there is none.</summary>
    public TimeSpan? FirstAlert { get; private set; }

    /// <summary>Copies of the counts: detector, rule, number.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Counts()
    {
        lock (_lock)
        {
            return _counts.ToDictionary(
                detector => detector.Key,
                detector => (IReadOnlyDictionary<string, long>)new SortedDictionary<string, long>(detector.Value, StringComparer.Ordinal));
        }
    }

    /// <summary>Latencies of a detector's alerts in milliseconds, kernel timestamp to here; null where there are none.</summary>
    public LatencySummary? Latency(string detector)
    {
        lock (_lock)
        {
            return _latencies.TryGetValue(detector, out var samples) ? LatencySummary.Of(samples) : null;
        }
    }

    /// <summary>The model's alerts on events that no rule alerted on.</summary>
    public long OnlyModel
    {
        get
        {
            lock (_lock)
            {
                return _byModel.Count(e => !_byRules.Contains(e));
            }
        }
    }

    /// <summary>Whether <paramref name="rule"/> (null: any rule) was raised by an event between the two times, nanoseconds since the epoch.</summary>
    public bool Raised(string? rule, long fromNs, long toNs)
    {
        lock (_lock)
        {
            return _raised.Any(alert => (rule is null || alert.Rule == rule) && alert.TimeNs >= fromNs && alert.TimeNs <= toNs);
        }
    }

    /// <summary>The alerts on one event, in the order in which they came.</summary>
    internal IReadOnlyList<RaisedAlert> On(long run, long seq)
    {
        lock (_lock)
        {
            return _byEvent.TryGetValue((run, seq), out var alerts) ? [.. alerts] : [];
        }
    }

    /// <summary>Stops reading.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _reading.Wait(TimeSpan.FromSeconds(5));
        _consumer.Close();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record)
                {
                    Take(record.Message.Value);
                }
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // A broker that comes and goes is the client's to wait for.
            }
        }
    }

    private void Take(AlertRecord alert)
    {
        double? latency = _live ? (BootClock.NowNs() - alert.KtimeNs) / 1e6 : null;
        bool both;
        lock (_lock)
        {
            if (!_ids.Add(alert.Id))
            {
                return;
            }

            FirstAlert ??= Stopwatch.GetElapsedTime(_started);
            Count(alert, latency);
            if (KeepsEvents)
            {
                Note(alert, latency);
            }

            both = IsSeenByBoth(alert);
        }

        _show(AlertLine.Of(alert, latency, both));
    }

    private void Note(AlertRecord alert, double? latency)
    {
        if (!_byEvent.TryGetValue((alert.Run, alert.Seq), out var alerts))
        {
            _byEvent[(alert.Run, alert.Seq)] = alerts = [];
        }

        alerts.Add(new RaisedAlert(alert.Detector == Detector.Llm, alert.Rule, alert.Score, latency));
    }

    private void Count(AlertRecord alert, double? latency)
    {
        var detector = DetectorOf(alert);
        if (!_counts.TryGetValue(detector, out var rules))
        {
            _counts[detector] = rules = [];
        }

        rules[alert.Rule] = rules.GetValueOrDefault(alert.Rule) + 1;
        if (alert.Detector == Detector.Rule)
        {
            _raised.Add((alert.Rule, alert.TimeNs));
        }

        if (latency is { } ms)
        {
            if (!_latencies.TryGetValue(detector, out var samples))
            {
                _latencies[detector] = samples = [];
            }

            samples.Add(ms);
        }
    }

    private bool IsSeenByBoth(AlertRecord alert)
    {
        var e = (alert.Node, alert.Run, alert.Seq);
        if (alert.Detector == Detector.Rule)
        {
            _byRules.Add(e);
            return false;
        }

        _byModel.Add(e);
        return _byRules.Contains(e);
    }

    private static string DetectorOf(AlertRecord alert) => alert.Detector == Detector.Rule ? Rule : Llm;
}

/// <summary>An alert, as far as a comparison asks.</summary>
/// <param name="ByModel">Whether the model raised it.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Score">The model's score; null for a rule's.</param>
/// <param name="LatencyMs">From the kernel's timestamp to its being read here; null where the event is none of this boot.</param>
internal sealed record RaisedAlert(bool ByModel, string Rule, double? Score, double? LatencyMs);

internal static partial class NativeMethods
{
    /// <summary><c>clock_gettime(2)</c></summary>
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    public static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();
}

[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}
