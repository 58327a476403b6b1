using System.Collections.Concurrent;

namespace Syscribe.Pipeline.Suspects;

/// <summary>What an inference pipeline has done since it was made. All counters only grow; they are read at any time, on any thread.</summary>
public sealed class InferenceCounters
{
    private readonly ConcurrentDictionary<string, long> _alerts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _deadLetters = new(StringComparer.Ordinal);
    private long _judged;
    private long _cached;
    private long _contradicted;
    private long _restarts;

    /// <summary>Events that got a verdict or were given up, acknowledged or not.</summary>
    public long Events => Interlocked.Read(ref _judged);

    /// <summary>Those of them that cost no inference.</summary>
    public long FromCache => Interlocked.Read(ref _cached);

    /// <summary>Those of them whose answer was an alert that the event contradicted.</summary>
    public long Contradicted => Interlocked.Read(ref _contradicted);

    /// <summary>Alerts acknowledged by the broker, by rule.</summary>
    public IReadOnlyDictionary<string, long> Alerts => _alerts;

    /// <summary>Dead letters acknowledged by the broker, by reason.</summary>
    public IReadOnlyDictionary<string, long> DeadLetters => _deadLetters;

    /// <summary>How often the stream failed and was started again.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    internal void Judged(bool fromCache, bool contradicted)
    {
        Interlocked.Increment(ref _judged);
        Interlocked.Add(ref _cached, fromCache ? 1 : 0);
        Interlocked.Add(ref _contradicted, contradicted ? 1 : 0);
    }

    internal void AddAlert(string rule) => _alerts.AddOrUpdate(rule, 1, static (_, count) => count + 1);

    internal void AddDeadLetter(string reason) => _deadLetters.AddOrUpdate(reason, 1, static (_, count) => count + 1);

    internal void AddRestart() => Interlocked.Increment(ref _restarts);
}
