using System.Runtime.InteropServices;

namespace Syscribe.Capture;

/// <summary>libc.</summary>
internal static partial class NativeMethods
{
    public const int ClockRealtime = 0;
    public const int ClockBoottime = 7;

    // mount(2)
    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Mount(string source, string target, string type, nuint flags, nint data);

    // clock_gettime(2)
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    public static partial int ClockGetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;

        public readonly long TotalNs => (Seconds * 1_000_000_000) + Nanoseconds;
    }
}
