using Syscribe.Rules.Evaluation.Matching;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation.Transforming;

/// <summary>A text compared with a text that the event gives too.</summary>
internal sealed class DynamicTextTest(TextReader left, CompareOperator op, TextReader right) : Predicate
{
    public override int Cost { get; } = left.Cost + right.Cost + 4;

    public override bool Test(FieldSource source) =>
        left.TryRead(source, out var a) && right.TryRead(source, out var b) && Holds(a.Span, b);

    private bool Holds(ReadOnlySpan<byte> a, Events.Utf8 right) => right.Span is var b && op switch
    {
        CompareOperator.Equal or CompareOperator.In or CompareOperator.Intersects => a.SequenceEqual(b),
        CompareOperator.NotEqual => !a.SequenceEqual(b),
        CompareOperator.Contains => a.IndexOf(b) >= 0,
        CompareOperator.IContains => new IContainsText(right).IsMatch(a),
        CompareOperator.StartsWith => a.StartsWith(b),
        CompareOperator.EndsWith => a.EndsWith(b),
        CompareOperator.Glob => Glob.IsMatch(b, a, ignoreCase: false),
        CompareOperator.IGlob => Glob.IsMatch(b, a, ignoreCase: true),
        CompareOperator.PMatch => new PathPrefixes([right]).IsMatch(a),
        _ => NumberCompare.Holds(op, a.SequenceCompareTo(b), 0),
    };
}

/// <summary>A number compared with a number that the event gives too.</summary>
internal sealed class DynamicNumberTest(NumberReader left, CompareOperator op, NumberReader right, bool isUnsigned) : Predicate
{
    private readonly CompareOperator _op = op.TakesList() ? CompareOperator.Equal : op;

    public override int Cost => 2;

    public override bool Test(FieldSource source) =>
        left.TryRead(source, out var a) && right.TryRead(source, out var b)
        && (isUnsigned ? NumberCompare.HoldsUnsigned(_op, a, b) : NumberCompare.Holds(_op, a, b));
}

/// <summary>An address compared with an address that the event gives too.</summary>
internal sealed class DynamicAddressTest(FieldRef left, CompareOperator op, FieldRef right) : Predicate
{
    public override int Cost => 3;

    public override bool Test(FieldSource source) =>
        source.TryGetAddress(left, out var a) && source.TryGetAddress(right, out var b) && a.Equals(b) != (op == CompareOperator.NotEqual);
}

/// <summary>The texts of the left side against those of the right: all of them among those, or some. None on the left is false.</summary>
internal sealed class DynamicSetTest(ListReader left, ListReader right, bool all) : Predicate
{
    public override int Cost => 12;

    public override bool Test(FieldSource source)
    {
        var count = 0;
        for (; left.TryRead(source, count, out var item); count++)
        {
            if (Contains(source, item) != all)
            {
                return !all;
            }
        }

        return all && count > 0;
    }

    private bool Contains(FieldSource source, Events.Utf8 item)
    {
        for (var i = 0; right.TryRead(source, i, out var candidate); i++)
        {
            if (candidate.Equals(item))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A single text seen as a list of one.</summary>
internal sealed class SingleList(TextReader inner) : ListReader
{
    public override bool TryRead(FieldSource source, int index, out Events.Utf8 value)
    {
        value = default;
        return index == 0 && inner.TryRead(source, out value);
    }
}

internal sealed class ExistsReader(TextReader reader) : Predicate
{
    public override int Cost => reader.Cost;

    public override bool Test(FieldSource source) => reader.TryRead(source, out _);
}

internal sealed class ExistsItem(ListReader list) : Predicate
{
    public override int Cost => 2;

    public override bool Test(FieldSource source) => list.TryRead(source, 0, out _);
}
