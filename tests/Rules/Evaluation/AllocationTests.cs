using Syscribe.Events;

namespace Syscribe.Rules.Tests.Evaluation;

public sealed class AllocationTests
{
    [Fact]
    public void Upstream_rules_allocate_nothing_on_events_seen_before()
    {
        var rules = RuleLoader.LoadPaths([Shared.Directory("falco-rules")], new RuleLoadOptions { EnableAll = true, Matching = RuleMatching.All }).RuleSet!;
        AssertNothingAllocated(rules);
    }

    [Fact]
    public void Every_kind_of_test_allocates_nothing()
    {
        string[] conditions =
        [
            "proc.name regex '[a-z]+x'", "proc.cmdline icontains QQ", "proc.args contains qq", "proc.exeline contains qq", "evt.args contains qq", "proc.env contains qq",
            "fd.ip = 1.2.3.4", "fd.port in (1, 2)", "fd.snet in (1.0.0.0/8)", "thread.cap_permitted contains CAP_X", "proc.aname in (qq)", "proc.apid = 99",
            "container.mount.dest[/proc*] = qq", "container.mounts contains qq", "k8s.ns.name = qq", "container.label[a] = qq", "evt.arg.mode = qq", "evt.res = qq",
            "tolower(proc.name) = qq", "concat(proc.name, proc.exe) = qq", "join(\",\", proc.aname) = qq", "len(proc.cmdline) = 999", "basename(proc.exepath) = qq",
            "proc.name = val(proc.cwd)", "fd.directory = qq", "fd.filename = qq", "fd.containername = qq", "proc.duration = 77", "evt.type startswith qq", "fd.name pmatch (/qq, '/q*')",
            "proc.name startswith oneof (q1, q2)", "proc.name glob '*q*q'", "fd.types intersects (qq)", "getopt(proc.args, 'c:')[c] = qq", "b64(proc.name) = qq", "fs.path.name = qq",
            "proc.cmdlenargs = 999", "proc.loginshellid = 999", "evt.category = qq", "container.image = qq",
        ];
        var yaml = string.Concat(conditions.Select((condition, i) => Conditions.Rule($"r{i}", $"\"{condition.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")));
        AssertNothingAllocated(Conditions.Load(yaml, new RuleLoadOptions { Matching = RuleMatching.All }).RuleSet!);
    }

    private static void AssertNothingAllocated(RuleSet rules)
    {
        var random = new RandomConditions(7);
        SyscallEvent[] events = [.. Enumerable.Range(0, 300).Select(_ => random.Event())];
        foreach (var e in events.Where(e => e.Process?.Container is not null))
        {
            e.Process = e.Process! with { Container = e.Process.Container! with { Mounts = [new Mount(Utf8.From("/proc"), Utf8.From("/host"), Utf8.From("ro"), false, Utf8.From("rprivate"))], Labels = new Dictionary<string, string> { ["a"] = "b", ["io.kubernetes.pod.namespace"] = "default" } } };
        }

        var matches = new List<Rule>(64);
        long allocated = 0;
        for (var pass = 0; pass < 50; pass++)
        {
            // Later passes only: the first fill what processes and threads keep, and the runtime compiles.
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var e in events)
            {
                rules.Evaluate(e, matches);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }
}
