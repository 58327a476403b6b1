using Syscribe.Events;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules;

/// <summary>
/// Rules as they would be if their author had known certain system calls only: to measure what rules miss that do not name
/// a call, and what a model sees that was trained on them.
/// </summary>
/// <remarks>
/// A narrowed rule holds for an event of the kept types exactly where the rule itself holds, and for no other event. Other
/// names are taken out of its tests of <c>evt.type</c>; a rule that names nothing else is gone.
/// </remarks>
public static class RuleNarrowing
{
    private const string EventType = "evt.type";

    /// <summary><paramref name="rules"/>, narrowed to events of the types <paramref name="calls"/>.</summary>
    /// <param name="rules">Any rules.</param>
    /// <param name="calls">Names of system calls, <c>io_uring.</c> operations or events that stay.</param>
    /// <exception cref="ArgumentException">A name is no event's; the message says which is near.</exception>
    public static RuleSet Narrow(RuleSet rules, IEnumerable<string> calls)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var kept = new SortedSet<string>(calls, StringComparer.Ordinal);
        if (kept.FirstOrDefault(name => !Names.IsEventType(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"narrow rules to {unknown}: there is no such event type; did you mean {EditDistance.Nearest(unknown, Names.EventTypes)}?", nameof(calls));
        }

        var pool = new PredicatePool();
        var narrowed = new List<Rule>();
        foreach (var rule in rules.Rules)
        {
            if (Narrow(rule.Condition, kept) is { } condition)
            {
                narrowed.Add(rule.With(condition, new ConditionCompiler(pool).Compile(condition), narrowed.Count));
            }
        }

        var plans = new PlanBuilder(pool, narrowed);
        foreach (var rule in narrowed)
        {
            rule.EventTypes = plans.TypesOf(rule);
        }

        return new RuleSet(narrowed, plans.Build(), rules.Options);
    }

    /// <summary>
    /// A condition whose macros are replaced, narrowed likewise; null where nothing is left that could hold. Unlike the
    /// condition it names none of the other types, but in operators other than <c>=</c>, <c>!=</c> and <c>in</c>.
    /// </summary>
    public static Node? Narrow(Node condition, IReadOnlySet<string> calls)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(calls);
        var pruned = Prune(condition, calls);
        return pruned.Always == false || calls.Count == 0 ? null
            : pruned.Node is not { } node ? Guard(calls)
            : Confines(node) ? node
            : new AndNode([Guard(calls), .. node is AndNode and ? and.Children : [node]], 0);
    }

    // Only events of the kept types are asked, so a test of evt.type may forget all other names, under a negation too.
    private static Pruned Prune(Node node, IReadOnlySet<string> calls)
    {
        switch (node)
        {
            case NotNode not:
                var child = Prune(not.Child, calls);
                return child.Node is { } inner ? new(new NotNode(inner, not.Position)) : new(Always: !child.Always);
            case AndNode and:
                return Join(and.Children, calls, deciding: false, parts => new AndNode(parts, and.Position));
            case OrNode or:
                return Join(or.Children, calls, deciding: true, parts => new OrNode(parts, or.Position));
            case CompareNode compare when IsTypeTest(compare):
                return Prune(compare, calls);
            default:
                return new(node);
        }
    }

    private static Pruned Join(IReadOnlyList<Node> children, IReadOnlySet<string> calls, bool deciding, Func<IReadOnlyList<Node>, Node> make)
    {
        var parts = new List<Node>();
        foreach (var part in children.Select(child => Prune(child, calls)))
        {
            if (part.Always == deciding)
            {
                return new(Always: deciding);
            }

            if (part.Node is { } node)
            {
                parts.Add(node);
            }
        }

        return parts.Count switch
        {
            0 => new(Always: !deciding),
            1 => new(parts[0]),
            _ => new(make(parts)),
        };
    }

    private static Pruned Prune(CompareNode test, IReadOnlySet<string> calls)
    {
        TextOperand[] left = [.. Literals.Of(test.Right).Where(name => calls.Contains(name.Value.ToString()))];
        return left.Length == 0 ? new(Always: test.Operator == CompareOperator.NotEqual)
            : test.Right is ListOperand list ? new(test with { Right = list with { Items = left } })
            : new(test);
    }

    private static bool IsTypeTest(CompareNode node) =>
        node is { Left: FieldOperand { Name: EventType }, Modifier: Modifier.None, Operator: CompareOperator.Equal or CompareOperator.NotEqual or CompareOperator.In };

    // Whether it can hold for events of the types only that it names: all of them are kept ones by now.
    private static bool Confines(Node node) => node switch
    {
        AndNode and => and.Children.Any(Confines),
        OrNode or => or.Children.All(Confines),
        CompareNode compare => IsTypeTest(compare) && compare.Operator != CompareOperator.NotEqual,
        _ => false,
    };

    private static CompareNode Guard(IEnumerable<string> calls) => new(
        new FieldOperand(EventType, null, 0),
        CompareOperator.In,
        Modifier.None,
        new ListOperand([.. calls.Order(StringComparer.Ordinal).Select(name => new TextOperand(Utf8.From(name), 0))], 0),
        0);

    /// <summary>What is left of a part: a condition, or what it always is.</summary>
    private readonly record struct Pruned(Node? Node = null, bool? Always = null);
}
