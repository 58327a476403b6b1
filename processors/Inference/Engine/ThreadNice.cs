using System.Runtime.InteropServices;

namespace Syscribe.Inference.Engine;

/// <summary>The nice value of a thread, which .NET's thread priorities do not set on Linux.</summary>
internal static partial class ThreadNice
{
    private const int OneProcess = 0; // PRIO_PROCESS, which on Linux means one thread

    /// <summary>Lowers the calling thread's share of its core, and that of threads it makes. Going down is always allowed.</summary>
    public static void Lower(int nice)
    {
        if (nice > 0)
        {
            _ = SetPriority(OneProcess, 0, nice);
        }
    }

    /// <summary><c>setpriority(2)</c></summary>
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);
}
