using System.ComponentModel.DataAnnotations;
using Syscribe.Capture.State;

namespace Syscribe.Capture;

/// <summary>What is captured, and with how much memory.</summary>
public sealed class CaptureOptions
{
    /// <summary>Memory between kernel and agent, in bytes. A power of two and a multiple of the page size. Default 16 MiB: about 100,000 plain records.</summary>
    [Range(65_536, 1_073_741_824)]
    public int RingBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>First bytes kept of the buffers of read, write, send and receive calls. Default 80, as Falco.</summary>
    [Range(0, 256)]
    public int DataBytes { get; set; } = 80;

    /// <summary>Only these system calls, by name; empty (the default) for all. exec, fork and exit are captured in any case: the state needs them.</summary>
    public IReadOnlyList<string> OnlySyscalls { get; set; } = [];

    /// <summary>Not these system calls, by name. Applied after <see cref="OnlySyscalls"/>. Default none.</summary>
    /// <remarks>Without close, dup, fcntl, socket and their kin, descriptors are named less often.</remarks>
    public IReadOnlyList<string> ExcludedSyscalls { get; set; } = [];

    /// <summary>Processes that are not captured, by id; the agent's own is always among them unless <see cref="IncludeOwnProcess"/>.</summary>
    public IReadOnlyList<int> IgnoredProcesses { get; set; } = [];

    /// <summary>Cgroups of the v2 hierarchy that are not captured, by id (the directory's inode number).</summary>
    public IReadOnlyList<long> IgnoredCgroups { get; set; } = [];

    /// <summary>Whether the process that captures is captured too. Default false: it would feed on its own calls. Tests set it.</summary>
    public bool IncludeOwnProcess { get; set; }

    /// <summary>Name of the node, in every event. Default: the host's name.</summary>
    [Required]
    public string Node { get; set; } = Environment.MachineName;

    /// <summary>The BPF object file. Default: <c>syscribe.bpf.o</c> beside the assembly.</summary>
    [Required]
    public string ObjectPath { get; set; } = Path.Combine(AppContext.BaseDirectory, "syscribe.bpf.o");

    /// <summary>Metadata of containers by id; null (the default) for none.</summary>
    public IContainerMetadata? Containers { get; set; }
}
