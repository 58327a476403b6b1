namespace Syscribe.Local;

/// <summary>The clock of events' kernel timestamps.</summary>
internal static class BootClock
{
    /// <summary>Nanoseconds since the boot, suspended time included.</summary>
    public static long NowNs()
    {
        const int ClockBootTime = 7; // linux/time.h
        _ = NativeMethods.ClockGetTime(ClockBootTime, out var time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }
}
