using System.Diagnostics;
using System.Globalization;
using Syscribe.Events;
using Syscribe.Rules;

namespace Syscribe.Bench.Rules;

/// <summary>
/// Records decoded and through the upstream rules (our default rules where those are absent), one thread, against decoding alone;
/// and what each rule costs on its own. The records are those of the capture that the environment variable
/// <c>SYSCRIBE_BENCH_CAPTURE</c> names (<c>tests/Bench/busy-capture</c> makes one), else synthetic ones of a busy host.
/// </summary>
internal sealed class UpstreamRulesBench : IBench
{
    private const int Distinct = 8192;
    private const int SyntheticEvents = Distinct * 120;
    private const int MostRecords = 2_000_000;
    private const int Rounds = 3;
    private const int ExpensiveShown = 5;
    private const int CostPasses = 20;
    private const int CostEvents = 65536;

    private byte[][] _records = [];
    private int _passes;

    public string Name => "upstream-rules";

    public string Summary => "records decoded and through all rules on one thread, against decoding alone";

    public void Run(BenchReport report)
    {
        var sources = Sources(out var which);
        which += Environment.GetEnvironmentVariable("SYSCRIBE_BENCH_CAPTURE") is { Length: > 0 } capture ? UseCapture(capture) : UseSynthetic();
        var rules = Load(sources, RuleMatching.First);
        var (ours, decoding) = (new Best(), new Best());
        long matched = 0;
        Decode(null, out _);
        Decode(rules, out _); // The first of each warms up and is not counted.
        for (var round = 0; round < Rounds; round++)
        {
            ours.Take(Decode(rules, out matched));
            decoding.Take(Decode(null, out _));
        }

        report.Add(ours.Row($"rules, {which}, decoding included", decoding));
        report.Add(new BenchRow(
            "rules, events per CPU second, decoding included", "k events/s", 1000 / ours.CpuPerMillion, null, Goal.AtLeast, 1000, (long)_records.Length * _passes, BytesPerEvent: ours.BytesPerRecord));
        report.Add(new BenchRow("rules, allocated by evaluation", "B/event", Allocated(rules), null, Goal.AtMost, 0, Math.Min(CostEvents, _records.Length)));
        report.Add(new BenchRow(
            "decoding alone, allocated for processes not seen before", "B/event", decoding.BytesPerRecord, Events: (long)_records.Length * _passes));
        report.Note($"rules: {matched} of {(long)_records.Length * _passes} events matched; what decoding allocates is its cache of processes.");
        foreach (var (rule, nanoseconds) in Costs(sources))
        {
            report.Note(string.Create(CultureInfo.InvariantCulture, $"rules: {nanoseconds:F1} ns/event alone: {rule}"));
        }
    }

    private string UseSynthetic()
    {
        _records = [.. BusyHost.Make(Distinct).Select(e => SyscallEventEncoder.ToArray(e))];
        _passes = SyntheticEvents / Distinct;
        return ", synthetic events";
    }

    private string UseCapture(string file)
    {
        using var reader = new SyscallEventFileReader(file);
        var e = new SyscallEvent();
        var records = new List<byte[]>();
        while (records.Count < MostRecords && reader.Read(e))
        {
            records.Add(SyscallEventEncoder.ToArray(e));
        }

        _records = [.. records];
        _passes = 1;
        return string.Create(CultureInfo.InvariantCulture, $", {records.Count} recorded events");
    }

    private static IReadOnlyList<RuleSource> Sources(out string which)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var upstream = Path.Combine(at.FullName, "..", "shared", "falco-rules");
            if (File.Exists(Path.Combine(at.FullName, "Streaming.sln")) && Directory.Exists(upstream))
            {
                which = "93 upstream rules";
                return RuleFiles.Read([upstream], out _);
            }
        }

        which = "default rules";
        return [DefaultRules.Source];
    }

    private static RuleSet Load(IReadOnlyList<RuleSource> sources, RuleMatching matching) =>
        RuleLoader.Load(sources, new RuleLoadOptions { Matching = matching, EnableAll = true }).RuleSet
            ?? throw new BenchSkippedException("the rules do not load");

    private Measured Decode(RuleSet? rules, out long matched)
    {
        var decoder = new SyscallEventDecoder();
        var e = new SyscallEvent();
        var matches = new List<Rule>();
        matched = 0;
        var measuring = Measuring.Start();
        for (var pass = 0; pass < _passes; pass++)
        {
            foreach (var record in _records)
            {
                decoder.Decode(record, 0, record.Length, e);
                if (rules is not null)
                {
                    rules.Evaluate(e, matches);
                    matched += matches.Count;
                }
            }
        }

        return measuring.Stop((long)_records.Length * _passes, 0);
    }

    private SyscallEvent[] Events()
    {
        var decoder = new SyscallEventDecoder();
        return [.. _records.Take(CostEvents).Select(record =>
        {
            var e = new SyscallEvent();
            decoder.Decode(record, 0, record.Length, e);
            return e;
        })];
    }

    private double Allocated(RuleSet rules)
    {
        var matches = new List<Rule>();
        var allocated = 0L;
        foreach (var e in Events())
        {
            // The first time of an event fills what its process keeps, as its command line.
            rules.Evaluate(e, matches);
            var before = GC.GetAllocatedBytesForCurrentThread();
            rules.Evaluate(e, matches);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (double)allocated / Math.Min(CostEvents, _records.Length);
    }

    private List<(string Rule, double Nanoseconds)> Costs(IReadOnlyList<RuleSource> sources)
    {
        var events = Events();
        var all = Load(sources, RuleMatching.All);
        return [.. all.Rules.Select(rule => (rule.Name, Cost(rule, events))).OrderByDescending(cost => cost.Item2).Take(ExpensiveShown)];
    }

    private static double Cost(Rule rule, SyscallEvent[] events)
    {
        var alone = rule.Alone();
        var matches = new List<Rule>();
        var best = TimeSpan.MaxValue;
        for (var pass = 0; pass < CostPasses; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var e in events)
            {
                alone.Evaluate(e, matches);
            }

            var elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return best.TotalNanoseconds / events.Length;
    }
}
