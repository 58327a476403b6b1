using Syscribe.Inference.Engine;

namespace Syscribe.Inference.Verdicts;

/// <summary>What a verdict belongs to: a behaviour, and the model that judged it.</summary>
/// <param name="Signature">See <see cref="BehaviourSignature"/>.</param>
/// <param name="ModelDigest">See <see cref="IInferenceEngine.ModelDigest"/>.</param>
public readonly record struct VerdictKey(ulong Signature, string ModelDigest);

/// <summary>An answer, and how it came.</summary>
/// <param name="Answer">The model's answer.</param>
/// <param name="Count">How often this behaviour was seen since the model judged it, this time included; from 1.</param>
/// <param name="FromCache">Whether no inference was made for this event.</param>
public readonly record struct Verdict(Answer Answer, long Count, bool FromCache);

/// <summary>Size and age of a <see cref="VerdictCache"/>.</summary>
public sealed record VerdictCacheOptions
{
    /// <summary>Most verdicts kept, at least 1. Default 65,536, about 20 MB. The one longest unused goes first.</summary>
    public int Capacity { get; init; } = 65_536;

    /// <summary>Age at which a verdict is asked for again, counted from the answer. Default 1 hour.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>What a cache has done. <c>Lookups = Hits + Shared + Misses</c>.</summary>
/// <param name="Hits">Answered from the cache.</param>
/// <param name="Shared">Waited for an inference that another event had started.</param>
/// <param name="Misses">Started an inference.</param>
/// <param name="Failed">Inferences that gave no verdict; not kept, so the next event asks again.</param>
/// <param name="Evicted">Verdicts dropped for room.</param>
/// <param name="Expired">Verdicts dropped for age.</param>
/// <param name="Entries">Verdicts held and inferences in flight.</param>
public sealed record VerdictCacheCounters(long Hits, long Shared, long Misses, long Failed, long Evicted, long Expired, int Entries);

/// <summary>
/// Verdicts by behaviour: bounded, expiring, and with single flight, so that a hundred copies of one behaviour in flight cost
/// one inference. Thread safe.
/// </summary>
public sealed class VerdictCache
{
    private readonly VerdictCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<VerdictKey, Entry> _entries = [];

    // Verdicts by use, the longest unused first. An inference in flight is not in it and is never evicted.
    private readonly LinkedList<Entry> _byUse = new();
    private long _hits;
    private long _shared;
    private long _misses;
    private long _failed;
    private long _evicted;
    private long _expired;

    /// <param name="options">Size and age.</param>
    /// <param name="time">Clock; null for the system's.</param>
    public VerdictCache(VerdictCacheOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.TimeToLive, TimeSpan.Zero);
        _options = options;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>What it has done so far.</summary>
    public VerdictCacheCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return new(_hits, _shared, _misses, _failed, _evicted, _expired, _entries.Count);
            }
        }
    }

    /// <summary>The verdict on <paramref name="key"/>: kept, in flight, or asked for now.</summary>
    /// <param name="key">Behaviour and model.</param>
    /// <param name="ask">
    /// Makes the inference. Its token is cancelled when nobody waits for it any more, not when its first caller gives up.
    /// </param>
    /// <param name="cancellationToken">Gives up this caller's waiting.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <remarks>What <paramref name="ask"/> throws, all who wait for it get; it is not kept.</remarks>
    public async ValueTask<Verdict> GetOrAskAsync(
        VerdictKey key, Func<CancellationToken, ValueTask<Answer>> ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        cancellationToken.ThrowIfCancellationRequested();
        var seat = Join(key);
        if (seat.Flight is not { } flight)
        {
            return new Verdict(seat.Entry.Answer!, seat.Count, FromCache: true); // Without a flight there is an answer.
        }

        if (seat.IsLeader)
        {
            flight.Running = FlyAsync(seat.Entry, flight, ask);
        }

        try
        {
            return new Verdict(await flight.Result.Task.WaitAsync(cancellationToken), seat.Count, !seat.IsLeader);
        }
        finally
        {
            Leave(seat.Entry, flight);
        }
    }

    private Seat Join(VerdictKey key)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry) && !Expire(entry))
            {
                return entry.Flight is null ? Hit(entry) : Share(entry, entry.Flight);
            }

            _misses++;
            entry = _entries[key] = new Entry(key);
            return new Seat(entry, entry.Flight, ++entry.Count, IsLeader: true);
        }
    }

    private Seat Hit(Entry entry)
    {
        _hits++;
        _byUse.Remove(entry.Node);
        _byUse.AddLast(entry.Node);
        return new Seat(entry, null, ++entry.Count, IsLeader: false);
    }

    private Seat Share(Entry entry, Flight flight)
    {
        _shared++;
        flight.Waiting++;
        return new Seat(entry, flight, ++entry.Count, IsLeader: false);
    }

    private bool Expire(Entry entry)
    {
        if (entry.Flight is not null || _time.GetElapsedTime(entry.AnsweredAt) < _options.TimeToLive)
        {
            return false;
        }

        _expired++;
        Remove(entry);
        return true;
    }

    // Never throws: the outcome goes to those who wait.
    private async Task FlyAsync(Entry entry, Flight flight, Func<CancellationToken, ValueTask<Answer>> ask)
    {
        try
        {
            var answer = await ask(flight.Abandoned.Token);
            Keep(entry, answer);
            flight.Result.TrySetResult(answer);
        }
        catch (Exception e)
        {
            Forget(entry);
            flight.Result.TrySetException(e);

            // Where all callers have gone, nobody else looks at the failure.
            _ = flight.Result.Task.Exception;
        }
    }

    private void Keep(Entry entry, Answer answer)
    {
        lock (_gate)
        {
            if (!IsHeld(entry))
            {
                return;
            }

            entry.Flight = null;
            entry.Answer = answer;
            entry.AnsweredAt = _time.GetTimestamp();
            _byUse.AddLast(entry.Node);
            while (_byUse.Count > _options.Capacity)
            {
                _evicted++;
                Remove(_byUse.First!.Value); // The count says that there is one.
            }
        }
    }

    private void Forget(Entry entry)
    {
        lock (_gate)
        {
            _failed++;
            Remove(entry);
        }
    }

    private void Leave(Entry entry, Flight flight)
    {
        lock (_gate)
        {
            if (--flight.Waiting > 0 || flight.Result.Task.IsCompleted)
            {
                return;
            }

            // Nobody waits: a later event must not join a flight that is about to be cancelled.
            Remove(entry);
        }

        flight.Abandoned.Cancel();
    }

    private bool IsHeld(Entry entry) => _entries.TryGetValue(entry.Key, out var held) && held == entry;

    private void Remove(Entry entry)
    {
        if (!IsHeld(entry))
        {
            return;
        }

        _entries.Remove(entry.Key);
        if (entry.Flight is null)
        {
            _byUse.Remove(entry.Node);
        }
    }

    /// <summary>A caller's place: an answer that is there, or a flight to wait for, which the leader starts.</summary>
    private readonly record struct Seat(Entry Entry, Flight? Flight, long Count, bool IsLeader);

    private sealed class Entry
    {
        public Entry(VerdictKey key)
        {
            Key = key;
            Node = new LinkedListNode<Entry>(this);
        }

        public VerdictKey Key { get; }

        /// <summary>Its place in the order of use, once there is an answer.</summary>
        public LinkedListNode<Entry> Node { get; }

        /// <summary>The inference in flight; null once there is an answer.</summary>
        public Flight? Flight { get; set; } = new();

        public Answer? Answer { get; set; }

        public long AnsweredAt { get; set; }

        public long Count { get; set; }
    }

    private sealed class Flight
    {
        public TaskCompletionSource<Answer> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();

        public Task? Running { get; set; }

        public int Waiting { get; set; } = 1;
    }
}
