namespace Syscribe.Kernel.Tests;

/// <summary>What these tests need of the machine.</summary>
internal static class Prerequisites
{
    /// <summary>Why nothing can be captured here; null where it can.</summary>
    public static string? Missing() =>
        Environment.UserName != "root" ? "needs root: run as sudo dotnet test tests/Kernel"
        : !File.Exists("/sys/kernel/btf/vmlinux") ? "needs a kernel with BTF (/sys/kernel/btf/vmlinux)"
        : System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64
            ? "makes system calls by x86-64 numbers" : null;
}
