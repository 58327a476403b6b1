using System.Globalization;
using Syscribe.Bench.Capture;
using Syscribe.Capture;
using Syscribe.Events;
using Syscribe.Rules;

namespace Syscribe.Bench.Rules;

/// <summary>
/// Records decoded and put through the default rules: processor time per million events, on the records that the two capture
/// storms make, beside what capturing them took.
/// </summary>
internal sealed class RulesBench : IBench
{
    private const int Rounds = 2;
    private const int MostRecords = 40_000;
    private const int Events = 500_000;

    public string Name => "rules";

    public string Summary => "record decoded and through the default rules, processor time per million events, against capturing it";

    public void Run(BenchReport report)
    {
        var rules = DefaultRules.Load();
        using var tools = CaptureTools.Build();
        CaptureBench.Ours(tools.OpenClose);
        foreach (var (name, storm) in new[] { ("open/close", tools.OpenClose), ("compile", tools.Compile) })
        {
            var records = Collect(storm);
            Measure(records, rules); // Warms up.
            var (ours, decoded, captured) = (new Best(), new Best(), new List<CaptureRound>());
            for (var round = 0; round < Rounds; round++)
            {
                ours.Take(Measure(records, rules));
                decoded.Take(Measure(records, null));
                captured.Add(CaptureBench.Ours(storm));
            }

            var capture = captured.MinBy(static round => round.CpuPerMillion)!; // Rounds is over 0.
            report.Add(new BenchRow(
                $"decode and rules, {name}, against capture", "s/M events", ours.CpuPerMillion, capture.CpuPerMillion,
                Events: Events, BytesPerEvent: ours.BytesPerRecord));
            report.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"rules, {name}: decoding alone takes {decoded.CpuPerMillion:F2} s/M; {records.Count} records, {rules.Rules.Count} rules, {Matches(records, rules)} records match."));
        }
    }

    private static List<byte[]> Collect(string[] storm)
    {
        var records = new List<byte[]>(MostRecords);
        using var session = CaptureSession.Open(new CaptureOptions { RingBytes = 64 << 20 });
        SyscallEventHandler keep = Keep;
        using var run = new StormRun(storm);
        while (!run.HasEnded)
        {
            session.Poll(TimeSpan.FromMilliseconds(5), keep);
        }

        return records;

        void Keep(SyscallEvent value)
        {
            if (records.Count < MostRecords)
            {
                records.Add(SyscallEventEncoder.ToArray(value));
            }
        }
    }

    private static Measured Measure(List<byte[]> records, RuleSet? rules)
    {
        var (decoder, value, matches) = (new SyscallEventDecoder(), new SyscallEvent(), new List<Rule>());
        var measuring = Measuring.Start();
        for (var index = 0; index < Events; index++)
        {
            var record = records[index % records.Count];
            decoder.Decode(record, 0, record.Length, value);
            rules?.Evaluate(value, matches);
        }

        return measuring.Stop(Events, 0);
    }

    private static int Matches(List<byte[]> records, RuleSet rules)
    {
        var (decoder, value, matches) = (new SyscallEventDecoder(), new SyscallEvent(), new List<Rule>());
        return records.Count(record =>
        {
            decoder.Decode(record, 0, record.Length, value);
            rules.Evaluate(value, matches);
            return matches.Count > 0;
        });
    }
}
