using Syscribe.Events;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules;

/// <summary>
/// Rules as they would be for system calls that they do not name: what else they ask of an event, as far as the event tells.
/// Where a widened rule does not hold, the rule itself would not, had it named the call.
/// </summary>
/// <remarks>
/// For an event whose type a rule can match, the widened rule is the rule. For others, tests of what follows from the call's
/// name hold always, and every comparison of what the call tells, negated or not, holds where it did and where the event says
/// nothing of its field: another call may not tell what the rule's own calls do. What a process, its user and its container are
/// does not depend on the call, so there nothing is forgiven.
/// </remarks>
public static class RuleWidening
{
    private static readonly HashSet<string> OfTheCall = new(StringComparer.Ordinal)
    {
        "evt.type", "syscall.type", "evt.dir", "evt.category", "evt.args", "evt.info", "evt.is_io", "evt.is_io_read", "evt.is_io_write", "evt.is_wait",
        "evt.is_open_read", "evt.is_open_write", "evt.is_open_exec", "evt.is_open_create",
    };

    // Fields of the event, of its descriptor and of its paths.
    private static readonly string[] ToldByTheCall = ["evt.", "fd.", "fs."];

    // Parameters that are paths, which each call names in its own way. An event that tells of a path by one of them is silent on
    // none: a rule's other name means that path, if it is one path, and no event of its kind, if it is two.
    private static readonly string[] Paths = ["path", "name", "filename"];
    private static readonly string[] PathPairs = ["oldpath", "newpath", "target", "linkpath"];

    private static readonly Node Always = ConditionParser.Parse("evt.source exists");

    /// <summary><paramref name="rules"/> that are enabled, widened; every one that holds is a match.</summary>
    public static RuleSet Widen(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var pool = new PredicatePool();
        var widened = new List<Rule>();
        foreach (var rule in rules.Rules.Where(rule => rule.Enabled))
        {
            var condition = ForOthers(rule);
            widened.Add(rule.With(condition, new ConditionCompiler(pool).Compile(condition), widened.Count));
        }

        return new RuleSet(widened, new PlanBuilder(pool, widened).Build(), rules.Options with { Matching = RuleMatching.All });
    }

    /// <summary>A condition whose macros are replaced, widened likewise.</summary>
    public static Node Widen(Node condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Widen(condition, holds: true) ?? Always;
    }

    // As it is for the types that it can match, widened for all others.
    private static Node ForOthers(Rule rule)
    {
        if (rule.EventTypes is not { Count: > 0 } types)
        {
            return rule.Condition;
        }

        var named = new ListOperand([.. types.Select(type => new TextOperand(Utf8.From(type), 0))], 0);
        var other = new NotNode(new CompareNode(new FieldOperand("evt.type", null, 0), CompareOperator.In, Modifier.None, named, 0), 0);
        return new OrNode([rule.Condition, new AndNode([other, Widen(rule.Condition)], 0)], 0);
    }

    // Null stands for what holds always. Negations go down to the comparisons, where missing fields are known.
    private static Node? Widen(Node node, bool holds) => node switch
    {
        NotNode not => Widen(not.Child, !holds),
        AndNode and => Join(and.Children, and.Position, holds, isAnd: holds),
        OrNode or => Join(or.Children, or.Position, holds, isAnd: !holds),
        CompareNode compare => Widen(compare, holds),
        _ => throw new ArgumentException($"widen {node.GetType().Name}: macros must be replaced before"),
    };

    private static Node? Join(IReadOnlyList<Node> children, int position, bool holds, bool isAnd)
    {
        var parts = children.Select(child => Widen(child, holds)).ToList();
        if (!isAnd && parts.Contains(null))
        {
            return null;
        }

        Node[] left = [.. parts.OfType<Node>()];
        return left.Length <= 1 ? left.FirstOrDefault() : isAnd ? new AndNode(left, position) : new OrNode(left, position);
    }

    private static Node? Widen(CompareNode compare, bool holds)
    {
        FieldRef[] fields = [.. Fields(compare.Left).Concat(Fields(compare.Right)).Select(ConditionCompiler.Resolve)];
        FieldRef[] told = [.. fields.Where(IsToldByTheCall)];
        if (fields.Any(IsOfTheCall) || (told.Length > 0 && holds && compare.Operator == CompareOperator.Exists))
        {
            return null;
        }

        FieldRef[] paths = [.. told.Where(IsPath)];
        Node[] tests = paths.Length == 0 ? [Test(compare, holds)] : [.. paths.SelectMany(path => ByAnyName(compare, path, holds))];
        Node[] silent = [.. told.Select(field => ConditionParser.Parse(Silent(field, compare)))];
        return tests.Length + silent.Length == 1 ? tests[0] : new OrNode([.. tests, .. silent], compare.Position);
    }

    private static Node Test(CompareNode compare, bool holds) => holds ? compare : new NotNode(compare, compare.Position);

    private static bool IsPath(FieldRef field) => (field.Field.Name is "evt.arg" or "evt.rawarg") && Paths.Contains(field.Argument);

    // The comparison of the event's path, by the name that the rule has for it or else by another one.
    private static IEnumerable<Node> ByAnyName(CompareNode compare, FieldRef path, bool holds) =>
        from name in Paths
        let renamed = compare with { Left = Rename(compare.Left, path, name), Right = compare.Right is { } right ? Rename(right, path, name) : null }
        let isTold = $"evt.arg.{name} exists" + (name == path.Argument ? "" : $" and not evt.arg.{path.Argument} exists")
        select new AndNode([ConditionParser.Parse(isTold), Test(renamed, holds)], compare.Position);

    private static Operand Rename(Operand operand, FieldRef path, string name) => operand switch
    {
        FieldOperand field when ConditionCompiler.Resolve(field) is var found && found.Field == path.Field && found.Argument == path.Argument =>
            new FieldOperand($"{path.Field.Name}.{name}", null, field.Position),
        TransformOperand transform => transform with { Arguments = [.. transform.Arguments.Select(argument => Rename(argument, path, name))] },
        ListOperand list => list with { Items = [.. list.Items.Select(item => Rename(item, path, name))] },
        _ => operand,
    };

    // A parameter by its position is another one in each call.
    private static bool IsOfTheCall(FieldRef field) =>
        OfTheCall.Contains(field.Field.Name) || (field.Field.Argument == ArgumentRule.Parameter && field.Index >= 0);

    private static bool IsToldByTheCall(FieldRef field) => Array.Exists(ToldByTheCall, prefix => field.Field.Name.StartsWith(prefix, StringComparison.Ordinal));

    // When an event says nothing of a field: a call that is under way has made no descriptor yet, a socket may be known by its
    // number alone, and of a call that nobody registered parameters are numbers where rules name constants.
    private static string Silent(FieldRef field, CompareNode compare) => field.Field.Name switch
    {
        "fd.num" => "not fd.num exists or fd.num < 0",
        "fd.name" or "fd.nameraw" => $"(not {field.Text} exists or fd.name = \"\") and {HasNone([.. Paths, .. PathPairs])}",
        "fd.directory" or "fd.filename" => $"(not {field.Text} exists or fd.name = \"\") and (fd.name != \"\" or ({HasNone([.. Paths, .. PathPairs])}))",
        "fd.ip" or "fd.net" => "not fd.cip exists and not fd.sip exists",
        "fd.port" => "not fd.cport exists and not fd.sport exists",
        "evt.arg" or "evt.rawarg" when Paths.Contains(field.Argument) || PathPairs.Contains(field.Argument) => HasNone([.. Paths, .. PathPairs]),
        "evt.arg" when !Literals.Of(compare.Right).Any(literal => IsNumber(literal.Value)) => $"not {field.Text} exists or {field.Text} regex -?[0-9]+",
        _ => $"not {field.Text} exists",
    };

    private static string HasNone(IEnumerable<string> parameters) => string.Join(" and ", parameters.Select(name => $"not evt.arg.{name} exists"));

    private static bool IsNumber(Utf8 text) => text.Length > 0 && text.Span.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static IEnumerable<FieldOperand> Fields(Operand? operand) => operand switch
    {
        FieldOperand field => [field],
        TransformOperand transform => transform.Arguments.SelectMany(Fields),
        ListOperand list => list.Items.SelectMany(Fields),
        _ => [],
    };
}
