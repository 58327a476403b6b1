using System.Globalization;
using Syscribe.Capture;
using Syscribe.Events;

namespace Syscribe.Bench.Capture;

/// <summary>
/// Kernel event to encoded record in memory: processor time (user and system) of the reading process per million events, against
/// a bare C consumer of the same ring buffer that only counts. Same BPF programs, same ring size, same storms.
/// </summary>
internal sealed class CaptureBench : IBench
{
    private const int Rounds = 2;
    private const int RingMegabytes = 64;

    public string Name => "capture";

    public string Summary => "kernel event to encoded record, processor time per million events, against a C program that only counts";

    public void Run(BenchReport report)
    {
        using var tools = CaptureTools.Build();
        Ours(tools.OpenClose); // Compiles what is hot.
        foreach (var (name, storm) in new[] { ("open/close", tools.OpenClose), ("compile", tools.Compile) })
        {
            var (ours, unencoded, baseline) = (new List<CaptureRound>(), new List<CaptureRound>(), new List<CaptureRound>());
            for (var round = 0; round < Rounds; round++)
            {
                ours.Add(Ours(storm));
                unencoded.Add(Ours(storm, encode: false));
                baseline.Add(tools.Count(storm, RingMegabytes));
            }

            var (best, bare) = (ours.MinBy(static round => round.CpuPerMillion)!, baseline.MinBy(static round => round.CpuPerMillion)!);
            report.Add(new BenchRow(
                $"capture, {name}", "s/M events", best.CpuPerMillion, bare.CpuPerMillion, Goal.AtMost, 3, best.Events, best.Dropped, best.BytesPerEvent));
            report.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"capture, {name}: {best.EventsPerSecond / 1000:F0} k events/s, {best.RecordBytes:F0} bytes a record; {best.SystemCpu / best.Cpu:P0} of the time in the kernel, without encoding {unencoded.Min(static round => round.CpuPerMillion):F2} s/M; C: {bare.Events} events, {bare.Dropped} drops, {bare.EventsPerSecond / 1000:F0} k/s."));
        }
    }

    /// <summary>Our consumer under one storm; without <paramref name="encode"/>, the event is made and left.</summary>
    internal static CaptureRound Ours(string[] storm, bool encode = true)
    {
        using var session = CaptureSession.Open(new CaptureOptions { RingBytes = RingMegabytes << 20 });
        var buffer = new byte[64 * 1024];
        var (events, bytes) = (0L, 0L);
        SyscallEventHandler handler = Encode;
        session.Poll(TimeSpan.Zero, handler); // What came while the session opened.
        (events, bytes) = (0, 0);
        var dropped = session.Counters.Dropped;
        var measuring = Measuring.Start();
        using var run = new StormRun(storm);
        while (!run.HasEnded)
        {
            session.Poll(TimeSpan.FromMilliseconds(5), handler);
        }

        session.Poll(TimeSpan.Zero, handler);
        var measured = measuring.Stop(events, session.Counters.Dropped - dropped);
        return new CaptureRound(measured.Cpu, measured.Elapsed, events, measured.Lost)
        {
            BytesPerEvent = (double)measured.AllocatedBytes / events,
            RecordBytes = (double)bytes / events,
            SystemCpu = measured.SystemCpu,
        };

        void Encode(SyscallEvent value)
        {
            events++;
            if (encode)
            {
                bytes += SyscallEventEncoder.Encode(value, ref buffer);
            }
        }
    }
}

/// <summary>One storm as one reader saw it.</summary>
internal sealed record CaptureRound(TimeSpan Cpu, TimeSpan Elapsed, long Events, long Dropped)
{
    public double CpuPerMillion => Cpu.TotalSeconds * 1e6 / Events;

    public double EventsPerSecond => Events / Elapsed.TotalSeconds;

    public double BytesPerEvent { get; init; }

    public double RecordBytes { get; init; }

    public TimeSpan SystemCpu { get; init; }
}
