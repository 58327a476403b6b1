using System.Diagnostics;

namespace Syscribe.Bench;

/// <summary>One round's time, processor time of the whole process, and managed allocation.</summary>
internal readonly record struct Measured(TimeSpan Elapsed, TimeSpan Cpu, long AllocatedBytes, long Done, long Lost)
{
    /// <summary>The part of <see cref="Cpu"/> that was spent in the kernel.</summary>
    public TimeSpan SystemCpu { get; init; }
}

/// <summary>Measures one round.</summary>
internal readonly struct Measuring
{
    private readonly long _start;
    private readonly (TimeSpan Total, TimeSpan System) _cpu;
    private readonly long _allocated;

    private Measuring((TimeSpan Total, TimeSpan System) cpu, long allocated)
    {
        _cpu = cpu;
        _allocated = allocated;
        _start = Stopwatch.GetTimestamp();
    }

    public static Measuring Start()
    {
        GC.Collect();
        return new Measuring(Cpu(), GC.GetTotalAllocatedBytes(precise: true));
    }

    public Measured Stop(long done, long lost)
    {
        var (elapsed, cpu) = (Stopwatch.GetElapsedTime(_start), Cpu());
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocated;
        return new Measured(elapsed, cpu.Total - _cpu.Total, allocated, done, lost) { SystemCpu = cpu.System - _cpu.System };
    }

    private static (TimeSpan Total, TimeSpan System) Cpu()
    {
        using var self = Process.GetCurrentProcess();
        return (self.TotalProcessorTime, self.PrivilegedProcessorTime);
    }
}

/// <summary>The better of some rounds.</summary>
internal sealed class Best
{
    private Measured _fastest;
    private Measured _leanest;

    /// <summary>Records a second.</summary>
    public double PerSecond => _fastest.Done / _fastest.Elapsed.TotalSeconds;

    /// <summary>Seconds of processor time per million records.</summary>
    public double CpuPerMillion => _leanest.Cpu.TotalSeconds * 1e6 / _leanest.Done;

    /// <summary>Managed bytes allocated per record.</summary>
    public double BytesPerRecord => (double)_leanest.AllocatedBytes / _leanest.Done;

    public void Take(Measured round)
    {
        if (_fastest.Done == 0 || round.Done / round.Elapsed.TotalSeconds > PerSecond)
        {
            _fastest = round;
        }

        if (_leanest.Done == 0 || round.Cpu.TotalSeconds / round.Done < _leanest.Cpu.TotalSeconds / _leanest.Done)
        {
            _leanest = round;
        }
    }

    /// <summary>Throughput of this against <paramref name="baseline"/>.</summary>
    public BenchRow Row(string name, Best baseline) => new(
        name, "k records/s", PerSecond / 1000, baseline.PerSecond / 1000,
        Events: _fastest.Done, Drops: _fastest.Lost, BytesPerEvent: BytesPerRecord);
}
