using System.Runtime.InteropServices;

namespace Syscribe.Agent.Privileges;

/// <summary>libc; <see href="https://man7.org/linux/man-pages/man2/capset.2.html">capset(2)</see>, prctl(2), execve(2).</summary>
internal static unsafe partial class NativeMethods
{
    public const uint CapabilityVersion3 = 0x20080522; // _LINUX_CAPABILITY_VERSION_3: two words of 32 bits
    public const int CapBoundingSetRead = 23; // PR_CAPBSET_READ
    public const int CapBoundingSetDrop = 24; // PR_CAPBSET_DROP
    public const int SetNoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS
    public const int Ambient = 47; // PR_CAP_AMBIENT
    public const nuint AmbientRaise = 2; // PR_CAP_AMBIENT_RAISE

    [StructLayout(LayoutKind.Sequential)]
    public struct CapHeader
    {
        public uint Version;
        public int Pid; // 0: the calling thread
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct CapData
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int capset(CapHeader* header, CapData* data);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int execve(byte* path, byte** argv, byte** envp);
}
