using System.Runtime.InteropServices;

namespace Syscribe.Scenarios.Staging;

// https://man7.org/linux/man-pages/man2/mount.2.html, umount.2, chmod.2, kill.2, geteuid.2
internal static partial class NativeMethods
{
    internal const int DetachMount = 2;
    internal const int KillSignal = 9;
    internal const int TerminateSignal = 15;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unmount(string target, int flags);

    // Unlike File.SetUnixFileMode it needs no promise that this is no Windows.
    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUserId();
}
