using System.Runtime.InteropServices;

namespace Syscribe.Bench;

/// <summary>What the numbers were measured on.</summary>
/// <param name="Kernel">Release of the running kernel.</param>
/// <param name="Cpu">Model name.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="Runtime">.NET.</param>
internal sealed record Machine(string Kernel, string Cpu, int Cores, string Runtime)
{
    public static Machine Here() => new(
        Read("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.VersionString,
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "?"
            : "?",
        Environment.ProcessorCount,
        RuntimeInformation.FrameworkDescription);

    public override string ToString() => $"Linux {Kernel}, {Cpu}, {Cores} cores, {Runtime}";

    private static string? Read(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : null;
}
