namespace Syscribe.Capture.State;

/// <summary>What the machine says of processes that no event told of; /proc, or a test's own.</summary>
internal interface IProcessSource
{
    /// <summary>Inode number of the host's pid namespace.</summary>
    uint HostPidNamespace { get; }

    /// <summary>Every process now; parents are linked by the caller.</summary>
    IEnumerable<ProcessState> ReadAll();

    /// <summary>One process; null where it is gone.</summary>
    ProcessState? Read(uint tgid);

    /// <summary>The parent's id now; null where the process is gone.</summary>
    uint? ReadParent(uint tgid);

    /// <summary>Where a descriptor's link points; null where there is none.</summary>
    string? ReadFdLink(uint tgid, long number);

    /// <summary>The socket behind a link <c>socket:[INODE]</c> of a process; null where nothing is known of it.</summary>
    SocketFd? FindSocket(uint tgid, string link);

    /// <summary>Whether a descriptor refers to a directory.</summary>
    bool IsDirectory(uint tgid, long number);
}
