namespace Syscribe.Capture;

/// <summary>
/// Wall-clock time of CLOCK_BOOTTIME's zero, in nanoseconds since the epoch: read at the start and once in a minute, since
/// the wall clock is set and slewed while the other is not.
/// </summary>
internal sealed class BootClock(TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private long _zero = Measure();
    private long _measuredAt = time.GetTimestamp();

    /// <summary>Nanoseconds since the epoch at which CLOCK_BOOTTIME was 0.</summary>
    public long ZeroNs => _zero;

    /// <summary>Measures again when it is time to.</summary>
    public void Refresh()
    {
        if (time.GetElapsedTime(_measuredAt) > Every)
        {
            _zero = Measure();
            _measuredAt = time.GetTimestamp();
        }
    }

    // Of several tries the one in which least time passed between the two readings.
    private static long Measure()
    {
        var best = long.MaxValue;
        var zero = 0L;
        for (var i = 0; i < 5; i++)
        {
            _ = NativeMethods.ClockGetTime(NativeMethods.ClockBoottime, out var before);
            _ = NativeMethods.ClockGetTime(NativeMethods.ClockRealtime, out var wall);
            _ = NativeMethods.ClockGetTime(NativeMethods.ClockBoottime, out var after);
            var took = after.TotalNs - before.TotalNs;
            if (took < best)
            {
                best = took;
                zero = wall.TotalNs - (before.TotalNs + (took / 2));
            }
        }

        return zero;
    }
}
