using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Evaluation;

/// <summary>One rule's condition as it remains for one event type.</summary>
internal readonly record struct PlanEntry(Rule Rule, Predicate Predicate);

/// <summary>
/// Makes, for each event type that some condition names and once for all others, the list of rules that can match it, with
/// conditions in which every test of <c>evt.type</c> is decided.
/// </summary>
internal sealed class PlanBuilder(PredicatePool pool, IReadOnlyList<Rule> rules, bool includeDisabled = false)
{
    // A memo costs about as much as a test of a number; cheaper parts are tested again instead.
    private const int SharedFromCost = 3;

    private readonly Dictionary<Predicate, SharedPredicate> _shared = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Dictionary<Predicate, Predicate>> _byType = new(StringComparer.Ordinal);
    private readonly Dictionary<Predicate, Predicate> _otherTypes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Event types that <paramref name="rule"/> can match, sorted; null for any.</summary>
    public IReadOnlyList<string>? TypesOf(Rule rule)
    {
        var named = Named(rule.Predicate);
        var matching = named.Where(type => For(rule, type) != ConstPredicate.False).Order(StringComparer.Ordinal).ToList();
        if (For(rule, null) == ConstPredicate.False)
        {
            return matching;
        }

        return named.Count == 0 ? null : [.. Names.EventTypes.Except(named).Concat(matching).Order(StringComparer.Ordinal)];
    }

    public Plans Build()
    {
        var active = rules.Where(rule => rule.Enabled || includeDisabled).ToList();
        var types = active.SelectMany(rule => Named(rule.Predicate)).ToHashSet(StringComparer.Ordinal);
        var plans = types.ToDictionary(type => type, type => Plan(active, type), StringComparer.Ordinal);
        var other = Plan(active, null);
        var named = types.Where(type => active.Any(rule => Named(rule.Predicate).Contains(type) && For(rule, type) != ConstPredicate.False));
        return new Plans(plans, other, named);
    }

    private PlanEntry[] Plan(List<Rule> active, string? type)
    {
        PlanEntry[] entries = [.. active.Select(rule => new PlanEntry(rule, For(rule, type))).Where(entry => entry.Predicate != ConstPredicate.False)];
        var uses = new Dictionary<Predicate, int>(ReferenceEqualityComparer.Instance);
        foreach (var entry in entries)
        {
            Count(entry.Predicate, uses);
        }

        var done = new Dictionary<Predicate, Predicate>(ReferenceEqualityComparer.Instance);
        return [.. entries.Select(entry => entry with { Predicate = Share(entry.Predicate, uses, done) })];
    }

    private Predicate For(Rule rule, string? type)
    {
        var done = _otherTypes;
        if (type is not null && !_byType.TryGetValue(type, out done))
        {
            _byType[type] = done = new Dictionary<Predicate, Predicate>(ReferenceEqualityComparer.Instance);
        }

        return pool.ForType(rule.Predicate, type, done!);
    }

    private static void Count(Predicate predicate, Dictionary<Predicate, int> uses)
    {
        uses[predicate] = uses.GetValueOrDefault(predicate) + 1;
        if (uses[predicate] > 1)
        {
            return;
        }

        foreach (var child in Children(predicate))
        {
            Count(child, uses);
        }
    }

    private Predicate Share(Predicate predicate, Dictionary<Predicate, int> uses, Dictionary<Predicate, Predicate> done)
    {
        if (done.TryGetValue(predicate, out var known))
        {
            return known;
        }

        Predicate result = predicate switch
        {
            AndPredicate and => new AndPredicate([.. and.Children.Select(child => Share(child, uses, done))]),
            OrPredicate or => new OrPredicate([.. or.Children.Select(child => Share(child, uses, done))]),
            NotPredicate not => new NotPredicate(Share(not.Child, uses, done)),
            _ => predicate,
        };
        if (uses[predicate] > 1 && predicate.Cost >= SharedFromCost)
        {
            if (!_shared.TryGetValue(predicate, out var shared))
            {
                _shared[predicate] = shared = new SharedPredicate(result, _shared.Count);
            }

            result = shared;
        }

        return done[predicate] = result;
    }

    private static IEnumerable<Predicate> Children(Predicate predicate) => predicate switch
    {
        AndPredicate and => and.Children,
        OrPredicate or => or.Children,
        NotPredicate not => [not.Child],
        _ => [],
    };

    private static HashSet<string> Named(Predicate predicate)
    {
        var names = predicate is TypePredicate test ? new HashSet<string>(test.Names, StringComparer.Ordinal) : new HashSet<string>(StringComparer.Ordinal);
        foreach (var child in Children(predicate))
        {
            names.UnionWith(Named(child));
        }

        return names;
    }
}
