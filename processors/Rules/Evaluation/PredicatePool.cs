namespace Syscribe.Rules.Evaluation;

/// <summary>
/// Makes equal predicates one object, folds constants, and tests cheap parts first: parts have no side effects, so
/// their order is free. Used while a rule set is built; not thread safe.
/// </summary>
internal sealed class PredicatePool
{
    private readonly Dictionary<string, Predicate> _leaves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Predicate> _composites = new(StringComparer.Ordinal);
    private readonly Dictionary<Predicate, int> _ids = new(ReferenceEqualityComparer.Instance);

    /// <summary>The leaf that was first made for <paramref name="text"/>, its canonical form.</summary>
    public Predicate Leaf(string text, Func<Predicate> make)
    {
        if (!_leaves.TryGetValue(text, out var leaf))
        {
            _leaves[text] = leaf = make();
        }

        return leaf;
    }

    public Predicate Not(Predicate child) => child switch
    {
        ConstPredicate => ConstPredicate.Of(child == ConstPredicate.False),
        NotPredicate inner => inner.Child,
        _ => Composite($"!{Id(child)}", () => new NotPredicate(child)),
    };

    public Predicate And(IEnumerable<Predicate> children) => Join(children, ConstPredicate.True, ConstPredicate.False, "&");

    public Predicate Or(IEnumerable<Predicate> children) => Join(children, ConstPredicate.False, ConstPredicate.True, "|");

    /// <summary><paramref name="predicate"/> for events of one type; null stands for every type that no condition names.</summary>
    public Predicate ForType(Predicate predicate, string? type, Dictionary<Predicate, Predicate> done)
    {
        if (!done.TryGetValue(predicate, out var result))
        {
            done[predicate] = result = predicate switch
            {
                TypePredicate test => ConstPredicate.Of(test.Decide(type)),
                AndPredicate and => And(and.Children.Select(child => ForType(child, type, done))),
                OrPredicate or => Or(or.Children.Select(child => ForType(child, type, done))),
                NotPredicate not => Not(ForType(not.Child, type, done)),
                _ => predicate,
            };
        }

        return result;
    }

    private Predicate Join(IEnumerable<Predicate> children, ConstPredicate neutral, ConstPredicate absorbing, string mark)
    {
        var parts = new List<Predicate>();
        foreach (var child in children.SelectMany(child => mark == "&" && child is AndPredicate and ? and.Children
            : mark == "|" && child is OrPredicate or ? or.Children : [child]))
        {
            if (child == absorbing)
            {
                return absorbing;
            }

            if (child != neutral && !parts.Contains(child))
            {
                parts.Add(child);
            }
        }

        if (parts.Count < 2)
        {
            return parts.Count == 0 ? neutral : parts[0];
        }

        Predicate[] sorted = [.. parts.OrderBy(part => part.Cost)];
        return Composite(mark + string.Join(',', sorted.Select(Id)), () => mark == "&" ? new AndPredicate(sorted) : new OrPredicate(sorted));
    }

    private Predicate Composite(string key, Func<Predicate> make)
    {
        if (!_composites.TryGetValue(key, out var predicate))
        {
            _composites[key] = predicate = make();
        }

        return predicate;
    }

    private int Id(Predicate predicate)
    {
        if (!_ids.TryGetValue(predicate, out var id))
        {
            _ids[predicate] = id = _ids.Count;
        }

        return id;
    }
}
