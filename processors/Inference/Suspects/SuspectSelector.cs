using System.IO.Hashing;
using Syscribe.Events;
using Syscribe.Inference.Verdicts;
using Syscribe.Rules;

namespace Syscribe.Inference.Suspects;

/// <summary>Which events go to the model. Flags: any reason is enough.</summary>
[Flags]
public enum Selection
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Its system call is named by no enabled rule.</summary>
    Unregistered = 1,

    /// <summary>No rule matched, and its behaviour was not seen before.</summary>
    Novel = 2,

    /// <summary>No rule matched.</summary>
    Unmatched = 4,

    /// <summary>Every event.</summary>
    All = 8,

    /// <summary>What no rule can judge, and what none has judged yet.</summary>
    Default = Unregistered | Novel,
}

/// <summary>
/// Chooses the events that go on to the model, in the rules pipeline. Thread safe. An unregistered behaviour goes again once
/// <paramref name="repeat"/> has passed, so that a malicious one that goes on is alerted again, from the verdict cache,
/// while <c>epoll_wait</c>, nine events in ten on a busy machine, does not fill the topic; a novel one goes only once.
/// </summary>
/// <param name="selection">Which events.</param>
/// <param name="capacity">Behaviours remembered at least; twice as many at most, 24 bytes each. Default 65,536.</param>
/// <param name="repeat">Event time after which an unregistered behaviour goes again; zero for each time. Default 10 s.</param>
public sealed class SuspectSelector(Selection selection = Selection.Default, int capacity = 65_536, TimeSpan? repeat = null)
{
    /// <summary>Event time after which an unregistered behaviour goes again by default.</summary>
    public static readonly TimeSpan DefaultRepeat = TimeSpan.FromSeconds(10);

    private const int TurnsKept = 4096;
    private readonly Lock _gate = new();
    private readonly RecentKeys _behaviours = new(capacity);
    private readonly RecentKeys _turns = new(TurnsKept);
    private readonly long[] _selected = new long[4];
    private readonly long _repeatNs = (long)(repeat ?? DefaultRepeat).TotalNanoseconds;
    private long _seen;
    private long _chosen;
    private long _repeated;
    private long _shed;
    private long _forgotten;

    /// <summary>Which events.</summary>
    public Selection Selection { get; } = selection;

    /// <summary>What a model in the same process can take; null (default) where a topic holds what it cannot.</summary>
    public SuspectPace? Pace { get; init; }

    /// <summary>Events looked at.</summary>
    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>Unregistered events left out since their behaviour went less than the time to repeat before.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>Events left out since the model was behind, see <see cref="Pace"/>.</summary>
    public long Shed => Interlocked.Read(ref _shed);

    /// <summary>Events chosen.</summary>
    public long Chosen => Interlocked.Read(ref _chosen);

    /// <summary>Events chosen, by reason.</summary>
    public IReadOnlyDictionary<Selection, long> Selected => new Dictionary<Selection, long>
    {
        [Selection.Unregistered] = Interlocked.Read(ref _selected[0]),
        [Selection.Novel] = Interlocked.Read(ref _selected[1]),
        [Selection.Unmatched] = Interlocked.Read(ref _selected[2]),
        [Selection.All] = Interlocked.Read(ref _selected[3]),
    };

    /// <summary>The reason to send <paramref name="e"/> to the model; <see cref="Selection.None"/> to leave it.</summary>
    /// <param name="e">The event.</param>
    /// <param name="rules">The rules that judged it.</param>
    /// <param name="matched">Whether one matched.</param>
    /// <param name="signature">Its behaviour signature, the key of <c>suspects.v1</c>; 0 where it is left.</param>
    public Selection Select(SyscallEvent e, RuleSet rules, bool matched, out ulong signature)
    {
        ArgumentNullException.ThrowIfNull(e);
        ArgumentNullException.ThrowIfNull(rules);
        Interlocked.Increment(ref _seen);
        signature = 0;
        var unregistered = Wants(Selection.Unregistered) && !rules.Names(e.Type);
        if (!unregistered && !Wants(matched ? Selection.All : Selection.Novel | Selection.Unmatched | Selection.All))
        {
            return Selection.None;
        }

        // First, since it is cheap: under a flood most events end here.
        var room = RoomFor(e, out var turn);
        if (room == Room.None)
        {
            Interlocked.Increment(ref _shed);
            return Selection.None;
        }

        var behaviour = BehaviourSignature.Of(e);
        lock (_gate)
        {
            var reason = Reason(e, behaviour, unregistered, matched);
            if (reason == Selection.None || !TakeTurn(room, turn, e.TimeNs))
            {
                return Selection.None;
            }

            // Only now: what is left out for want of room stays new.
            if (Remembers(reason))
            {
                _behaviours.Set(behaviour, e.TimeNs);
            }

            Interlocked.Increment(ref _chosen);
            Interlocked.Increment(ref _selected[int.TrailingZeroCount((int)reason)]);
            signature = behaviour;
            return reason;
        }
    }

    /// <summary>
    /// Forgets the behaviours seen: before events are read again whose choice may not have been written.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
        {
            _behaviours.Clear();
            _turns.Clear();
            _forgotten = Pace is { } pace ? Chosen - Math.Max(0, pace.Judged()) : 0;
        }
    }

    private bool Wants(Selection reason) => (Selection & reason) != 0;

    private bool Remembers(Selection reason) =>
        reason == Selection.Novel || (reason == Selection.Unregistered && _repeatNs > 0);

    private Selection Reason(SyscallEvent e, ulong behaviour, bool unregistered, bool matched)
    {
        if (unregistered)
        {
            if (_repeatNs <= 0 || !_behaviours.Holds(behaviour, e.TimeNs, _repeatNs))
            {
                return Selection.Unregistered;
            }

            _repeated++;
        }
        else if (Wants(Selection.Novel) && !matched && !_behaviours.Holds(behaviour, e.TimeNs, long.MaxValue))
        {
            return Selection.Novel;
        }

        return Wants(Selection.Unmatched) && !matched ? Selection.Unmatched : Selection & Selection.All;
    }

    private Room RoomFor(SyscallEvent e, out ulong turn)
    {
        turn = 0;
        if (Pace is not { } pace)
        {
            return Room.ForAll;
        }

        var full = pace.Full();
        var waiting = pace.Judged() is var judged and >= 0 ? Chosen - _forgotten - judged : full;
        if (waiting < full / 4 || waiting >= full)
        {
            return waiting < full ? Room.ForAll : Room.None;
        }

        // The same call of the same program.
        var program = XxHash64.HashToUInt64(e.Process is { } process ? process.ExePath.Span : default);
        turn = XxHash64.HashToUInt64(e.Type.Span, (long)program);
        lock (_gate)
        {
            return HasTurn(turn, e.TimeNs) ? Room.ForTurns : Room.None;
        }
    }

    private bool TakeTurn(Room room, ulong turn, long nowNs)
    {
        if (room == Room.ForTurns)
        {
            if (!HasTurn(turn, nowNs))
            {
                Interlocked.Increment(ref _shed);
                return false;
            }

            _turns.Set(turn, nowNs);
        }

        return true;
    }

    // Whoever calls has made sure of the pace.
    private bool HasTurn(ulong turn, long nowNs) => !_turns.Holds(turn, nowNs, (long)Pace!.Turn.TotalNanoseconds);

    private enum Room
    {
        None,
        ForTurns,
        ForAll,
    }
}
