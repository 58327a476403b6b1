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
/// <param name="repeat">Event time after which an unregistered behaviour goes again. Default 10 s.</param>
public sealed class SuspectSelector(Selection selection = Selection.Default, int capacity = 65_536, TimeSpan? repeat = null)
{
    private readonly Lock _gate = new();
    private readonly long[] _selected = new long[4];
    private readonly long _repeatNs = (repeat ?? TimeSpan.FromSeconds(10)).Ticks * TimeSpan.NanosecondsPerTick;
    private Dictionary<ulong, long> _young = [];
    private Dictionary<ulong, long> _old = [];
    private long _seen;

    /// <summary>Which events.</summary>
    public Selection Selection { get; } = selection;

    /// <summary>Events looked at.</summary>
    public long Seen => Interlocked.Read(ref _seen);

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
        var reason = Reason(e, rules, matched, ref signature);
        if (reason != Selection.None)
        {
            signature = signature != 0 ? signature : BehaviourSignature.Of(e);
            Interlocked.Increment(ref _selected[int.TrailingZeroCount((int)reason)]);
        }

        return reason;
    }

    /// <summary>
    /// Forgets the behaviours seen: before events are read again whose choice may not have been written.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
        {
            _young.Clear();
            _old.Clear();
        }
    }

    private Selection Reason(SyscallEvent e, RuleSet rules, bool matched, ref ulong signature)
    {
        if (Wants(Selection.Unregistered) && !rules.Names(e.Type))
        {
            if (IsDue(signature = BehaviourSignature.Of(e), e.TimeNs, repeats: true))
            {
                return Selection.Unregistered;
            }
        }
        else if (Wants(Selection.Novel) && !matched && IsDue(signature = BehaviourSignature.Of(e), e.TimeNs, repeats: false))
        {
            return Selection.Novel;
        }

        return Wants(Selection.Unmatched) && !matched ? Selection.Unmatched : Selection & Selection.All;
    }

    private bool Wants(Selection reason) => (Selection & reason) != 0;

    // Two generations: when the young one is full it becomes the old one, and what was only in the old one is forgotten.
    private bool IsDue(ulong signature, long now, bool repeats)
    {
        lock (_gate)
        {
            var seen = _young.TryGetValue(signature, out var sent) || _old.TryGetValue(signature, out sent);
            var due = !seen || (repeats && now - sent >= _repeatNs);
            _young[signature] = due ? now : sent;
            if (_young.Count >= capacity)
            {
                (_young, _old) = (_old, _young);
                _young.Clear();
            }

            return due;
        }
    }
}
