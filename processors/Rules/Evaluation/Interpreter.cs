using System.Text;
using System.Text.RegularExpressions;
using Syscribe.Rules.Evaluation.Matching;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>
/// Evaluates a syntax tree as it reads, slowly and without sharing anything with the compiler: what compiled conditions are tested
/// against. The tree must have passed the compiler's checks.
/// </summary>
internal static class Interpreter
{
    public static bool Holds(Node node, FieldSource source) => node switch
    {
        AndNode and => and.Children.All(child => Holds(child, source)),
        OrNode or => or.Children.Any(child => Holds(child, source)),
        NotNode not => !Holds(not.Child, source),
        CompareNode { Right: FieldOperand or TransformOperand } compare => CompareDynamic(compare, source),
        CompareNode { Left: FieldOperand } compare => Compare(compare, ConditionCompiler.Resolve((FieldOperand)compare.Left), source),
        CompareNode compare => CompareCall(compare, source),
        _ => throw new InvalidOperationException($"unknown node {node.GetType().Name}"),
    };

    private static bool Compare(CompareNode node, FieldRef field, FieldSource source)
    {
        var type = field.Field;
        if (type.BothEnds)
        {
            return CompareEnds(node, field, source);
        }

        if (type.IsDomain)
        {
            return CompareDomain(node, field, source);
        }

        return type.Type switch
        {
            FieldType.Ip or FieldType.Net => source.TryGetAddress(field, out var address) && CompareAddress(node, field, address.Span.ToArray()),
            FieldType.Text or FieldType.Bytes => CompareTexts(node, Texts(node.Left, source)),
            _ => Numbers(field, source).Any(number => CompareNumber(node, field, number)),
        };
    }

    private static IEnumerable<long> Numbers(FieldRef field, FieldSource source)
    {
        if (!field.IsList)
        {
            return source.TryGetNumber(field, out var one) ? [one] : [];
        }

        return field.Items.Select(item => source.TryGetNumber(item, out var number) ? number : (long?)null)
            .TakeWhile(number => number is not null).Select(number => number ?? 0).ToList();
    }

    private static bool CompareNumber(CompareNode node, FieldRef field, long number)
    {
        if (node.Operator == CompareOperator.Exists)
        {
            return true;
        }

        var order = Literals.Of(node.Right).Select(literal => Literals.Number(field, literal))
            .Select(literal => field.Field.Type.IsUnsigned() ? ((ulong)number).CompareTo((ulong)literal) : number.CompareTo(literal)).ToList();
        return node.Operator.TakesList() ? order.Contains(0) : Ordered(node.Operator, order[0]);
    }

    private static bool CompareAddress(CompareNode node, FieldRef field, byte[] address) =>
        node.Operator == CompareOperator.Exists
        || Literals.Of(node.Right).Any(literal => Inside(address, Literals.Address(field, literal))) != (node.Operator == CompareOperator.NotEqual);

    private static bool Inside(byte[] address, Network network) => address.Length == network.Address.Length
        && Bits(address).Take(network.Bits).SequenceEqual(Bits(network.Address.Span.ToArray()).Take(network.Bits));

    private static IEnumerable<bool> Bits(byte[] bytes) => bytes.SelectMany(b => Enumerable.Range(0, 8).Select(bit => (b >> (7 - bit) & 1) != 0));

    private static bool CompareEnds(CompareNode node, FieldRef field, FieldSource source)
    {
        if (node.Operator == CompareOperator.Exists)
        {
            return source.HasDescriptor;
        }

        if (!source.TryGetEndpoints(out var ends))
        {
            return false;
        }

        if (field.Field.Type == FieldType.Port)
        {
            var ports = new[] { ends.ClientPort, ends.ServerPort }.Where(port => port >= 0);
            return node.Operator == CompareOperator.NotEqual
                ? ports.All(port => CompareNumber(node, field, port))
                : ports.Any(port => CompareNumber(node, field, port));
        }

        var literals = Literals.Of(node.Right).Take(field.Field.Type == FieldType.Net ? 1 : int.MaxValue);
        var hit = new[] { ends.Client, ends.Server }.Where(end => !end.IsNull)
            .Any(end => literals.Any(literal => Inside(end.Span.ToArray(), Literals.Address(field, literal))));
        return hit != (node.Operator == CompareOperator.NotEqual);
    }

    private static bool CompareDomain(CompareNode node, FieldRef field, FieldSource source)
    {
        var name = source.TryGetText(field, out var text) ? text.ToString() : null;
        if (node.Operator is not (CompareOperator.Equal or CompareOperator.NotEqual or CompareOperator.In) || node.Modifier != Modifier.None)
        {
            return CompareTexts(node, name is null ? null : [Encoding.UTF8.GetBytes(name)]);
        }

        var known = source.TryGetAddress(field, out var address);
        var hit = Literals.Of(node.Right).Any(literal => literal.Value.ToString() == name || (known && source.Resolver?.Resolves(literal.Value, address) == true));
        return (name is not null || known) && hit != (node.Operator == CompareOperator.NotEqual);
    }

    // Null for a missing value. Of ancestors each is tried; of a set all count.
    private static List<byte[]>? Texts(Operand operand, FieldSource source)
    {
        var reader = OperandReader.Of(operand);
        if (reader.List is not null)
        {
            var items = new List<byte[]>();
            while (reader.List.TryRead(source, items.Count, out var item))
            {
                items.Add(item.Span.ToArray());
            }

            return items.Count == 0 ? null : items;
        }

        if (reader.Number is not null)
        {
            return reader.Number.TryRead(source, out var number) ? [Encoding.ASCII.GetBytes($"{number}")] : null;
        }

        return reader.AsText().TryRead(source, out var text) ? [text.Span.ToArray()] : null;
    }

    private static bool CompareTexts(CompareNode node, List<byte[]>? left)
    {
        if (left is null)
        {
            return false;
        }

        if (node.Operator == CompareOperator.Exists)
        {
            return true;
        }

        var literals = Literals.Of(node.Right);
        var isSet = node.Left is not FieldOperand field ? left.Count > 1 || node.Left is TransformOperand { Name: "getopt", Argument: null }
            : ConditionCompiler.Resolve(field) is { IsList: true, Field.List: ListSemantics.Set };
        if (isSet)
        {
            bool Known(byte[] text) => literals.Any(literal => literal.Value.Span.SequenceEqual(text));
            return node.Operator == CompareOperator.In ? left.All(Known) : left.Any(Known);
        }

        return left.Any(text => CompareText(node, text, literals));
    }

    private static bool CompareCall(CompareNode node, FieldSource source)
    {
        var left = OperandReader.Of(node.Left);
        if (left.Number is null)
        {
            return CompareTexts(node, Texts(node.Left, source));
        }

        var number = new FieldRef(new Field { Name = "call", Type = left.Type, Description = "" }, null, "call");
        return left.Number.TryRead(source, out var value) && CompareNumber(node, number, value);
    }

    // Both sides from the event.
    private static bool CompareDynamic(CompareNode node, FieldSource source)
    {
        var (left, right) = (OperandReader.Of(node.Left), OperandReader.Of(node.Right!)); // The caller has looked.
        if (left.Number is not null && right.Number is not null)
        {
            return left.Number.TryRead(source, out var a) && right.Number.TryRead(source, out var b)
                && Ordered(node.Operator, left.Type.IsUnsigned() ? ((ulong)a).CompareTo((ulong)b) : a.CompareTo(b));
        }

        if (left.Address is not null && right.Address is not null)
        {
            return source.TryGetAddress(left.Address, out var a) && source.TryGetAddress(right.Address, out var b)
                && Ordered(node.Operator, a.Equals(b) ? 0 : 1);
        }

        return Texts(node.Left, source) is { } texts && Texts(node.Right!, source) is { } others && node.Operator switch
        {
            CompareOperator.In => texts.TrueForAll(text => others.Exists(text.SequenceEqual)),
            CompareOperator.Intersects => texts.Exists(text => others.Exists(text.SequenceEqual)),
            _ => texts.Exists(text => One(node.Operator, text, others[0])),
        };
    }

    private static bool Ordered(CompareOperator op, int order) => op switch
    {
        CompareOperator.NotEqual => order != 0,
        CompareOperator.Less => order < 0,
        CompareOperator.LessOrEqual => order <= 0,
        CompareOperator.Greater => order > 0,
        CompareOperator.GreaterOrEqual => order >= 0,
        _ => order == 0,
    };

    private static bool CompareText(CompareNode node, byte[] text, IReadOnlyList<TextOperand> literals)
    {
        if (node.Operator == CompareOperator.PMatch)
        {
            return literals.Any(literal => Prefix(Components(literal.Value.Span.ToArray()), Components(text)));
        }

        var hex = node.Operator is CompareOperator.BContains or CompareOperator.BStartsWith;
        var holds = literals.Select(literal => One(node.Operator, text, hex ? Convert.FromHexString(literal.Value.ToString()) : literal.Value.Span.ToArray())).ToList();
        return node.Modifier switch
        {
            Modifier.OneOf => holds.Count(hold => hold) == 1,
            Modifier.AllOf => holds.Count > 0 && holds.TrueForAll(hold => hold),
            _ => holds.Contains(true),
        };
    }

    private static bool One(CompareOperator op, byte[] a, byte[] b) => op switch
    {
        CompareOperator.NotEqual => !a.SequenceEqual(b),
        CompareOperator.Contains or CompareOperator.BContains => Contains(a, b),
        CompareOperator.IContains => Contains(Lower(a), Lower(b)),
        CompareOperator.StartsWith or CompareOperator.BStartsWith => a.Take(b.Length).SequenceEqual(b),
        CompareOperator.EndsWith => a.TakeLast(b.Length).SequenceEqual(b),
        CompareOperator.Glob => Fits(b, a),
        CompareOperator.IGlob => Fits(Lower(b), Lower(a)),
        CompareOperator.Regex => Regex.IsMatch(Encoding.UTF8.GetString(a), $@"\A(?:{PosixRegex.Translate(Encoding.UTF8.GetString(b))})\z", RegexOptions.CultureInvariant),
        CompareOperator.Less => a.AsSpan().SequenceCompareTo(b) < 0,
        CompareOperator.LessOrEqual => a.AsSpan().SequenceCompareTo(b) <= 0,
        CompareOperator.Greater => a.AsSpan().SequenceCompareTo(b) > 0,
        CompareOperator.GreaterOrEqual => a.AsSpan().SequenceCompareTo(b) >= 0,
        CompareOperator.PMatch => Prefix(Components(b), Components(a)),
        _ => a.SequenceEqual(b),
    };

    private static bool Contains(byte[] a, byte[] b) =>
        Enumerable.Range(0, Math.Max(0, a.Length - b.Length + 1)).Any(at => a.Skip(at).Take(b.Length).SequenceEqual(b));

    private static byte[] Lower(byte[] text) => [.. text.Select(b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b)];

    private static List<byte[]> Components(byte[] path) =>
        [.. Encoding.Latin1.GetString(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.Latin1.GetBytes)];

    private static bool Prefix(List<byte[]> pattern, List<byte[]> path) =>
        pattern.Count <= path.Count && pattern.Zip(path).All(pair => Fits(pair.First, pair.Second));

    // * and ? by trying every split; brackets are the matcher's.
    private static bool Fits(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        if (pattern.IsEmpty || pattern.IndexOfAny((byte)'[', (byte)'\\') >= 0)
        {
            return pattern.IsEmpty ? text.IsEmpty : Glob.IsMatch(pattern, text, ignoreCase: false);
        }

        if (pattern[0] != '*')
        {
            return !text.IsEmpty && (pattern[0] == '?' || pattern[0] == text[0]) && Fits(pattern[1..], text[1..]);
        }

        for (var at = 0; at <= text.Length; at++)
        {
            if (Fits(pattern[1..], text[at..]))
            {
                return true;
            }
        }

        return false;
    }
}
