using Syscribe.Events;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tests;

/// <summary>Short forms to evaluate conditions: compiled, and interpreted, which must agree.</summary>
internal static class Conditions
{
    public static bool Holds(string condition, params (string Name, object? Value)[] fields) => Holds(condition, Bag(fields));

    public static bool Holds(string condition, SyscallEvent e, IDomainResolver? resolver = null)
    {
        var fields = new SyscallFields { Resolver = resolver };
        fields.Reset(e);
        return Holds(condition, fields);
    }

    public static bool Holds(string condition, FieldSource fields)
    {
        var node = ConditionParser.Parse(condition);
        var compiled = new ConditionCompiler(new PredicatePool()).Compile(node).Test(fields);
        Assert.Equal(Interpreter.Holds(node, fields), compiled);
        return compiled;
    }

    public static string Error(string condition) =>
        Assert.Throws<SyntaxException>(() => new ConditionCompiler(new PredicatePool()).Compile(ConditionParser.Parse(condition))).Message;

    public static FieldBag Bag(params (string Name, object? Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>Loads rules given as YAML; fails the test on an error.</summary>
    public static RuleLoadResult Load(string yaml, RuleLoadOptions? options = null)
    {
        var result = RuleLoader.Load([new RuleSource("r.yaml", yaml)], options);
        Assert.True(result.IsValid, string.Join('\n', result.Errors));
        return result;
    }

    /// <summary>The single error of rules given as YAML.</summary>
    public static string LoadError(params string[] yaml) =>
        Assert.Single(RuleLoader.Load(yaml.Select((text, i) => new RuleSource($"{(char)('a' + i)}.yaml", text))).Errors).ToString();

    /// <summary>A rule item.</summary>
    public static string Rule(string name, string condition, string more = "") =>
        $"- rule: {name}\n  desc: d\n  condition: {condition}\n  output: o\n  priority: Debug\n{more}";

    /// <summary>Names of the rules that match fields.</summary>
    public static string[] Matches(RuleLoadResult load, params (string Name, object? Value)[] fields)
    {
        var matches = new List<Rule>();
        load.RuleSet!.Evaluate(Bag(fields), matches);
        return [.. matches.Select(rule => rule.Name)];
    }

    /// <summary>An event with a process.</summary>
    public static SyscallEvent Event(string type, long? result = 0, ProcessInfo? process = null, params Param[] parameters)
    {
        var e = new SyscallEvent { Type = Utf8.From(type), Seq = 1, TimeNs = 1_700_000_000_123_456_789, Return = result, Process = process ?? Process() };
        e.Params.AddRange(parameters);
        return e;
    }

    public static Param Param(string name, long? value, string? text = null, string? resolved = null) =>
        new(Utf8.From(name), value, Utf8.From(text), Utf8.From(resolved));

    public static ProcessInfo Process(string name = "bash", params string[] ancestors) => new()
    {
        Pid = 10,
        VirtualPid = 10,
        Name = Utf8.From(name),
        Exe = Utf8.From(name),
        ExePath = Utf8.From("/bin/" + name),
        ContainerId = Utf8.From("host"),
        UserName = Utf8.From("root"),
        LoginName = Utf8.From("<NA>"),
        Ancestors = [.. ancestors.Select((ancestor, i) => new Ancestor(9 - i, Utf8.From(ancestor), Utf8.From(ancestor), Utf8.From("/bin/" + ancestor), Utf8.From(ancestor + " -x")))],
    };
}
