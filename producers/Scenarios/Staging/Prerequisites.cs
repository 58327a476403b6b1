using System.Globalization;

namespace Syscribe.Scenarios.Staging;

/// <summary>What a scenario needs of the machine.</summary>
internal static class Prerequisites
{
    public static bool IsRoot { get; } = NativeMethods.GetEffectiveUserId() == 0;

    // Bit 21 of the effective capabilities, see capabilities(7).
    private static bool MayAdminister { get; } = (ulong.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal))["CapEff:".Length..].Trim(),
        NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> 21 & 1) == 1;

    /// <summary>The static program that makes raw system calls; built with the project.</summary>
    public static string Syscalls { get; } = Path.Combine(AppContext.BaseDirectory, "native", "syscalls");

    /// <summary>Why the scenario cannot be played here, or null.</summary>
    public static string? Missing(Scenario scenario)
    {
        if (scenario.NeedsRoot && !IsRoot)
            return "needs root; run with sudo";
        if (MakesNamespaces(scenario) && !MayAdminister)
            return "needs CAP_SYS_ADMIN, which even root lacks here, as in an unprivileged container";
        if (!File.Exists(Syscalls))
            return $"{Syscalls} is missing; build producers/Scenarios where clang or gcc is installed";
        if (IoUringIsOff && scenario.Commands.Any(command => command.Steps?.Contains("io-uring", StringComparison.Ordinal) == true))
            return "io_uring is switched off (sysctl kernel.io_uring_disabled)";
        if (scenario.Rights == ContainerRights.Privileged)
            return MissingForRuntime();
        if (scenario.Where == ScenarioWhere.Container)
            return MissingForContainers();
        if (scenario.NeedsProgram is { } needed && !needed.Split('|').Any(name => FindProgram(name) is not null))
            return $"none of the programs {needed.Replace("|", ", ", StringComparison.Ordinal)} is installed";
        return scenario.Commands.Where(command => command.Kind == ProgramKind.Installed && FindProgram(command.Program) is null)
            .Select(command => $"the program {command.Program} is not installed")
            .FirstOrDefault();
    }

    public static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin:/usr/bin:/bin").Split(':')
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);

    /// <summary>A busybox that needs no library, since a container has none.</summary>
    public static string? FindBusybox() => FindProgram("busybox");

    private static bool MakesNamespaces(Scenario scenario) =>
        scenario.Where == ScenarioWhere.Container
        || scenario.Commands.Any(command => command.Arguments.Contains(ScenarioCommand.FreshNetwork)
            || command.Steps?.Contains(ScenarioCommand.FreshNetwork, StringComparison.Ordinal) == true);

    // 1: for all but a privileged group; 2: for everybody. Absent before Linux 6.6.
    private static bool IoUringIsOff { get; } =
        File.Exists("/proc/sys/kernel/io_uring_disabled") && File.ReadAllText("/proc/sys/kernel/io_uring_disabled").Trim() is "1" or "2";

    /// <summary>The socket of containerd: what crictl's variable <c>CONTAINER_RUNTIME_ENDPOINT</c> names, else the usual one.</summary>
    public static string RuntimeSocket =>
        Environment.GetEnvironmentVariable("CONTAINER_RUNTIME_ENDPOINT") is { Length: > 0 } endpoint
            ? endpoint.Replace("unix://", "", StringComparison.Ordinal)
            : "/run/containerd/containerd.sock";

    private static string? MissingForRuntime() =>
        !File.Exists(RuntimeSocket) ? $"needs containerd, which has no socket at {RuntimeSocket}; CONTAINER_RUNTIME_ENDPOINT names another"
        : FindProgram("ctr") is null ? "ctr is not installed (apt-get install containerd)"
        : FindBusybox() is null ? "busybox is not installed (apt-get install busybox-static)"
        : null;

    private static string? MissingForContainers()
    {
        if (FindProgram("runc") is null)
            return "runc is not installed (apt-get install runc)";
        if (FindBusybox() is null)
            return "busybox is not installed (apt-get install busybox-static)";
        return File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal))
            ? null
            : "the kernel has no overlayfs (modprobe overlay)";
    }
}
