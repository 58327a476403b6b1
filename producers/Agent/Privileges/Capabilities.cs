using System.Globalization;

namespace Syscribe.Agent.Privileges;

/// <summary>Linux capabilities, by number of <c>linux/capability.h</c>.</summary>
internal static class Capabilities
{
    /// <summary>Reads every file: /proc of other users' processes, tracefs, passwd files.</summary>
    public const int DacReadSearch = 2;

    /// <summary>Needed to drop from the bounding set, and dropped with it.</summary>
    public const int SetPcap = 8;

    /// <summary>Follows /proc/PID/exe, cwd, root and fd of other processes.</summary>
    public const int SysPtrace = 19;

    /// <summary>Exceeds resource limits; kernels before 5.11 charge BPF maps to RLIMIT_MEMLOCK.</summary>
    public const int SysResource = 24;

    /// <summary>Reads kernel memory in BPF programs.</summary>
    public const int Perfmon = 38;

    /// <summary>Loads BPF programs and makes maps.</summary>
    public const int Bpf = 39;

    /// <summary>What an agent keeps, as far as it has it.</summary>
    public static readonly IReadOnlyDictionary<int, string> Kept = new Dictionary<int, string>
    {
        [DacReadSearch] = "CAP_DAC_READ_SEARCH",
        [SysPtrace] = "CAP_SYS_PTRACE",
        [SysResource] = "CAP_SYS_RESOURCE",
        [Perfmon] = "CAP_PERFMON",
        [Bpf] = "CAP_BPF",
    };

    /// <summary><see cref="Kept"/> as a bit mask.</summary>
    public static readonly ulong KeptMask = Kept.Keys.Aggregate(0UL, static (mask, number) => mask | (1UL << number));

    /// <summary>A field of <c>/proc/PID/status</c> that holds a mask, as <c>CapEff</c>.</summary>
    public static ulong Read(string status, string field)
    {
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(field, StringComparison.Ordinal) && line.Length > field.Length && line[field.Length] == ':')
            {
                return ulong.Parse(line[(field.Length + 1)..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        throw new FormatException($"Read capabilities failed: {field} is missing in /proc/PID/status.");
    }
}
