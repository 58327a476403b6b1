using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tests.Oracle;

/// <summary>Agreement with what Falco 0.44.1 was measured to do.</summary>
public sealed class OracleTests
{
    private static readonly string[] Probes =
    [
        "fd.ip != \"0.0.0.0\"", "fd.ip = \"0.0.0.0\"", "fd.net != \"127.0.0.0/8\"", "fd.net = \"127.0.0.0/8\"",
        "fd.snet in (\"10.0.0.0/8\",\"172.16.0.0/12\",\"192.168.0.0/16\")", "fd.rnet in (\"10.0.0.0/8\",\"172.16.0.0/12\",\"192.168.0.0/16\")",
        "fd.cnet in (\"127.0.0.1/8\",\"10.0.0.0/8\")", "fd.port in (53,1194,1197,1198,8080,9201,500,1701,4500,10000,8125,123,0,9,80,3306)",
        "fd.cip in (\"127.0.0.1\")", "fd.ip exists", "fd.port exists", "fd.net exists", "fd.cip exists", "fd.lnet = \"203.0.113.0/24\"",
        "fd.port != 53", "fd.sip != \"127.0.0.1\"", "fd.ip = \"203.0.113.9\"", "fd.ip != \"203.0.113.9\"", "fd.net = \"203.0.113.0/24\"", "fd.net != \"203.0.113.0/24\"",
    ];

    [Fact]
    public void All_93_rules_give_the_measured_rule_set_on_every_event()
    {
        var events = OracleFile.Read(Path.Combine(Shared.Directory("falco-oracle"), "dev.jsonl"));
        var resolver = new OracleFile();
        var rules = RuleLoader.LoadPaths(
            [.. new[] { "falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml" }.Select(name => Path.Combine(Shared.Directory("falco-rules"), name))],
            new RuleLoadOptions { EnableAll = true, Matching = RuleMatching.All }).RuleSet!;

        var matches = new List<Rule>();
        var differences = new List<string>();
        foreach (var e in events)
        {
            rules.Evaluate(new FieldBag(e.Fields) { Resolver = resolver }, matches);
            var got = matches.Select(rule => rule.Name).ToArray();
            if (!got.SequenceEqual(e.Rules))
            {
                differences.Add($"{e.Id}: extra [{string.Join("; ", got.Except(e.Rules))}] missing [{string.Join("; ", e.Rules.Except(got))}]");
            }
        }

        Assert.Equal(1294, events.Count);
        Assert.Equal([], differences);
    }

    [Fact]
    public void Probe_conditions_are_true_where_they_were_measured_true()
    {
        var compiled = Probes.ToDictionary(probe => probe, probe => new ConditionCompiler(new PredicatePool()).Compile(ConditionParser.Parse(probe)));
        var differences = new List<string>();
        var probed = 0;
        foreach (var e in OracleFile.Read(Path.Combine(Shared.Directory("falco-oracle"), "dev.jsonl")).Where(e => e.Checks is not null))
        {
            probed++;
            var fields = new FieldBag(e.Fields);
            differences.AddRange(Probes.Where(probe => compiled[probe].Test(fields) != e.Checks!.Contains(probe))
                .Select(probe => $"{e.Id}: {probe} was {e.Checks!.Contains(probe)} [{string.Join(' ', e.Fields.Where(f => f.Key.StartsWith("fd.", StringComparison.Ordinal)).Select(f => $"{f.Key}={f.Value}"))}]"));
        }

        Assert.True(probed > 200);
        Assert.Equal([], differences);
    }
}
