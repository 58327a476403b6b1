using Syscribe.Events;
using Syscribe.Rules.Evaluation.Matching;

namespace Syscribe.Rules.Evaluation;

/// <summary>Rules by event type.</summary>
internal sealed class Plans
{
    private readonly Utf8Set _types;
    private readonly PlanEntry[][] _plans;
    private readonly PlanEntry[] _other;
    private readonly Utf8Set _named;

    public Plans(Dictionary<string, PlanEntry[]> plans, PlanEntry[] other, IEnumerable<string> named)
    {
        var types = plans.Keys.ToArray();
        _types = new Utf8Set(types.Select(Utf8.From));
        _plans = [.. types.Select(type => plans[type])];
        _other = other;
        _named = new Utf8Set(named.Select(Utf8.From));
    }

    /// <summary>The rules that can match an event of this type, in definition order.</summary>
    public PlanEntry[] Of(Utf8 type)
    {
        var index = _types.IndexOf(type.Span);
        return index < 0 ? _other : _plans[index];
    }

    /// <summary>Whether an active rule that can match this type names it.</summary>
    public bool Names(Utf8 type) => _named.Contains(type.Span);
}
