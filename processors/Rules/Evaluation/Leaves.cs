using Syscribe.Events;
using Syscribe.Rules.Evaluation.Matching;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>A text field against literals: the commonest test, without a reader in between.</summary>
internal sealed class FieldTextTest(FieldRef field, TextMatcher matcher) : Predicate
{
    public override int Cost { get; } = 1 + matcher.Cost;

    public override bool Test(FieldSource source) => source.TryGetText(field, out var value) && matcher.IsMatch(value.Span);
}

internal sealed class TextTest(TextReader reader, TextMatcher matcher) : Predicate
{
    public override int Cost { get; } = reader.Cost + matcher.Cost;

    public override bool Test(FieldSource source) => reader.TryRead(source, out var value) && matcher.IsMatch(value.Span);
}

/// <summary>A field of several values of which one suffices.</summary>
internal sealed class AnyTextTest(FieldRef field, TextMatcher matcher) : Predicate
{
    private readonly FieldRef[] _items = field.Items;

    public override int Cost { get; } = 4 * matcher.Cost;

    public override bool Test(FieldSource source)
    {
        foreach (var item in _items)
        {
            if (!source.TryGetText(item, out var value))
            {
                return false;
            }

            if (matcher.IsMatch(value.Span))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A set of texts: whether all of it, or some of it, is in a list. An absent set is false.</summary>
internal sealed class SetTest(ListReader reader, Utf8Set list, bool all) : Predicate
{
    public override int Cost => 4;

    public override bool Test(FieldSource source)
    {
        var count = 0;
        for (; reader.TryRead(source, count, out var value); count++)
        {
            if (list.Contains(value.Span) != all)
            {
                return !all;
            }
        }

        return all && count > 0;
    }
}

internal sealed class NumberTest(NumberReader reader, CompareOperator op, long literal, bool isUnsigned) : Predicate
{
    public override int Cost => 1;

    public override bool Test(FieldSource source) =>
        reader.TryRead(source, out var value)
        && (isUnsigned ? NumberCompare.HoldsUnsigned(op, value, literal) : NumberCompare.Holds(op, value, literal));
}

internal sealed class NumberInTest(NumberReader reader, long[] literals) : Predicate
{
    public override int Cost => 2;

    public override bool Test(FieldSource source) => reader.TryRead(source, out var value) && literals.AsSpan().Contains(value);
}

internal sealed class AnyNumberTest(FieldRef field, Func<NumberReader, Predicate> test) : Predicate
{
    private readonly Predicate[] _items = [.. field.Items.Select(item => test(new FieldNumber(item)))];
    private readonly FieldRef[] _fields = field.Items;

    public override int Cost => 4;

    public override bool Test(FieldSource source)
    {
        for (var i = 0; i < _items.Length && source.TryGetNumber(_fields[i], out _); i++)
        {
            if (_items[i].Test(source))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Whether an address is, or lies in, one of some networks; <c>!=</c> is true between IPv4 and IPv6.</summary>
internal sealed class AddressTest(FieldRef field, Network[] networks, bool negated) : Predicate
{
    public override int Cost => 2;

    public override bool Test(FieldSource source) =>
        source.TryGetAddress(field, out var address) && Network.AnyContains(networks, address) != negated;
}

/// <summary>Both ends: equal where either is, different where neither is equal.</summary>
internal sealed class EndsAddressTest(Network[] networks, bool negated) : Predicate
{
    public override int Cost => 3;

    public override bool Test(FieldSource source) =>
        source.TryGetEndpoints(out var ends)
        && (Network.AnyContains(networks, ends.Client) || Network.AnyContains(networks, ends.Server)) != negated;
}

internal sealed class EndsPortTest(CompareOperator op, long[] ports) : Predicate
{
    public override int Cost => 3;

    public override bool Test(FieldSource source) =>
        source.TryGetEndpoints(out var ends) && (op == CompareOperator.NotEqual
            ? !IsOne(ends.ClientPort) && !IsOne(ends.ServerPort)
            : Holds(ends.ClientPort) || Holds(ends.ServerPort));

    private bool IsOne(int port) => port >= 0 && ports.AsSpan().Contains(port);

    private bool Holds(int port) => port >= 0
        && (op.Orders() ? NumberCompare.Holds(op, port, ports[0]) : ports.AsSpan().Contains(port));
}

internal sealed class DescriptorTest : Predicate
{
    public override int Cost => 1;

    public override bool Test(FieldSource source) => source.HasDescriptor;
}

/// <summary>A domain name: the cached name of the address, or an address that one of the names resolves to.</summary>
internal sealed class DomainTest(FieldRef field, Utf8[] names, bool negated) : Predicate
{
    public override int Cost => 10;

    public override bool Test(FieldSource source)
    {
        var hasName = source.TryGetText(field, out var name);
        var hasAddress = source.TryGetAddress(field, out var address);
        if (!hasName && !hasAddress)
        {
            return false;
        }

        foreach (var candidate in names)
        {
            if ((hasName && name.Equals(candidate)) || (hasAddress && source.Resolver?.Resolves(candidate, address) == true))
            {
                return !negated;
            }
        }

        return negated;
    }
}

internal sealed class ExistsText(FieldRef field) : Predicate
{
    public override int Cost => 1;

    public override bool Test(FieldSource source) => source.TryGetText(field, out _);
}

internal sealed class ExistsNumber(NumberReader reader) : Predicate
{
    public override int Cost => 1;

    public override bool Test(FieldSource source) => reader.TryRead(source, out _);
}

internal sealed class ExistsAddress(FieldRef field) : Predicate
{
    public override int Cost => 1;

    public override bool Test(FieldSource source) => source.TryGetAddress(field, out _);
}
