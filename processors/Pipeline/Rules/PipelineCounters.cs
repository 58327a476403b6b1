using System.Collections.Concurrent;
using Syscribe.Inference.Suspects;

namespace Syscribe.Pipeline.Rules;

/// <summary>What a rules pipeline has done since it was made. All counters only grow; they are read at any time, on any thread.</summary>
public sealed class PipelineCounters
{
    private readonly ConcurrentDictionary<string, long> _alerts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _deadLetters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Selection, long> _suspects = new();
    private long _consumed;
    private long _evaluated;
    private long _batches;
    private long _restarts;
    private long _logFailures;

    /// <summary>Records read and evaluated or dead-lettered, acknowledged or not.</summary>
    public long Consumed => Interlocked.Read(ref _consumed);

    /// <summary>Events that went through the rules.</summary>
    public long Evaluated => Interlocked.Read(ref _evaluated);

    /// <summary>Batches that were evaluated.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Alerts acknowledged by the broker, by rule.</summary>
    public IReadOnlyDictionary<string, long> Alerts => _alerts;

    /// <summary>Dead letters acknowledged by the broker, by reason.</summary>
    public IReadOnlyDictionary<string, long> DeadLetters => _deadLetters;

    /// <summary>Events for the model acknowledged by the broker, by the reason for which each was chosen.</summary>
    public IReadOnlyDictionary<Selection, long> Suspects => _suspects;

    /// <summary>How often the stream failed and was started again.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    /// <summary>Failed writes to alert logs; the alerts themselves are in the alert topic.</summary>
    public long LogFailures => Interlocked.Read(ref _logFailures);

    internal void AddBatch(int consumed, int evaluated)
    {
        Interlocked.Add(ref _consumed, consumed);
        Interlocked.Add(ref _evaluated, evaluated);
        Interlocked.Increment(ref _batches);
    }

    internal void AddAlert(string rule) => _alerts.AddOrUpdate(rule, 1, static (_, count) => count + 1);

    internal void AddDeadLetter(string reason) => _deadLetters.AddOrUpdate(reason, 1, static (_, count) => count + 1);

    internal void AddSuspect(Selection reason) => _suspects.AddOrUpdate(reason, 1, static (_, count) => count + 1);

    internal void AddRestart() => Interlocked.Increment(ref _restarts);

    internal void AddLogFailure() => Interlocked.Increment(ref _logFailures);
}
