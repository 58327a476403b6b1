using Syscribe.Events;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Evaluation;

/// <summary>
/// A compiled condition. Immutable and shared between threads; what an evaluation remembers lives in the
/// <see cref="FieldSource"/>. Equal parts of all conditions of a rule set are one object.
/// </summary>
internal abstract class Predicate
{
    /// <summary>Relative price of one test, in about the time that one text field takes to read and compare.</summary>
    public abstract int Cost { get; }

    public abstract bool Test(FieldSource source);
}

internal sealed class ConstPredicate : Predicate
{
    public static readonly ConstPredicate True = new(true);
    public static readonly ConstPredicate False = new(false);

    private readonly bool _value;

    private ConstPredicate(bool value) => _value = value;

    public override int Cost => 0;

    public static ConstPredicate Of(bool value) => value ? True : False;

    public override bool Test(FieldSource source) => _value;
}

internal sealed class AndPredicate(Predicate[] children) : Predicate
{
    public Predicate[] Children { get; } = children;

    public override int Cost { get; } = children.Sum(child => child.Cost);

    public override bool Test(FieldSource source)
    {
        foreach (var child in Children)
        {
            if (!child.Test(source))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class OrPredicate(Predicate[] children) : Predicate
{
    public Predicate[] Children { get; } = children;

    public override int Cost { get; } = children.Sum(child => child.Cost);

    public override bool Test(FieldSource source)
    {
        foreach (var child in Children)
        {
            if (child.Test(source))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class NotPredicate(Predicate child) : Predicate
{
    public Predicate Child { get; } = child;

    public override int Cost => Child.Cost;

    public override bool Test(FieldSource source) => !Child.Test(source);
}

/// <summary>
/// <c>evt.type</c> equal to one of some names, or to none of them: the part of a condition that is decided once per event type
/// instead of per event.
/// </summary>
internal sealed class TypePredicate(FieldRef field, IReadOnlySet<string> names, bool negated) : Predicate
{
    private readonly Matching.Utf8Set _set = new(names.Select(Utf8.From));

    public IReadOnlySet<string> Names { get; } = names;

    public override int Cost => 1;

    /// <summary>The answer for events of <paramref name="type"/>; null stands for every type that no condition names.</summary>
    public bool Decide(string? type) => (type is not null && Names.Contains(type)) != negated;

    public override bool Test(FieldSource source) =>
        source.TryGetText(field, out var type) && _set.Contains(type.Span) != negated;
}

/// <summary>A part that several rules share: tested once per event.</summary>
internal sealed class SharedPredicate(Predicate inner, int slot) : Predicate
{
    public override int Cost => inner.Cost;

    public override bool Test(FieldSource source)
    {
        if (source.TryRecall(slot, out var answer))
        {
            return answer;
        }

        answer = inner.Test(source);
        source.Remember(slot, answer);
        return answer;
    }
}
