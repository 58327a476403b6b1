namespace Syscribe.Capture.Text;

/// <summary>Falco's numbering of flags (<c>driver/ppm_events_public.h</c>) and the way from the kernel's x86-64 numbers to it.</summary>
internal static class FalcoFlags
{
    public const ulong ReadOnly = 1;
    public const ulong WriteOnly = 2;
    public const ulong ReadWrite = ReadOnly | WriteOnly;
    public const ulong Create = 4;
    public const ulong Append = 8;
    public const ulong DataSync = 16;
    public const ulong Exclusive = 32;
    public const ulong NonBlock = 64;
    public const ulong Sync = 128;
    public const ulong Truncate = 256;
    public const ulong Direct = 512;
    public const ulong Directory = 1024;
    public const ulong LargeFile = 2048;
    public const ulong CloseOnExec = 4096;
    public const ulong TemporaryFile = 8192;
    public const ulong Created = 16384;
    public const ulong UpperLayer = 32768;
    public const ulong LowerLayer = 65536;

    // asm-generic/fcntl.h, which x86 uses.
    public const uint KernelCreate = 0x40;
    public const uint KernelNonBlock = 0x800;
    public const uint KernelDirectory = 0x10000;
    public const uint KernelCloseOnExec = 0x80000;
    public const uint KernelTemporaryFile = 0x410000;

    private static readonly (uint Kernel, ulong Falco)[] OpenBits =
    [
        (KernelCreate, Create), (0x80, Exclusive), (0x200, Truncate), (0x400, Append), (KernelNonBlock, NonBlock),
        (0x1000, DataSync), (0x4000, Direct), (0x8000, LargeFile), (KernelDirectory, Directory),
        (KernelCloseOnExec, CloseOnExec),
        // Tests of any bit, as in Falco's driver: O_SYNC contains O_DSYNC, O_TMPFILE contains O_DIRECTORY.
        (0x101000, Sync), (KernelTemporaryFile, TemporaryFile),
    ];

    // linux/sched.h CLONE_*; the index of the bit in Falco's numbering.
    private static readonly (uint Kernel, int Bit)[] CloneBits =
    [
        (0x400, 0), (0x200, 1), (0x80000000, 2), (0x08000000, 3), (0x40000000, 4), (0x00020000, 5), (0x20000000, 6),
        (0x04000000, 7), (0x8000, 8), (0x100000, 9), (0x2000, 10), (0x800, 11), (0x40000, 12), (0x10000, 13),
        (0x800000, 14), (0x100, 15), (0x10000000, 20), (0x200000, 23), (0x1000000, 24), (0x80000, 25), (0x4000, 27),
        (0x02000000, 28),
    ];

    // linux/openat2.h RESOLVE_*.
    private static readonly (uint Kernel, int Bit)[] ResolveBits = [(8, 0), (16, 1), (2, 2), (4, 3), (1, 4), (32, 5)];

    /// <summary>open(2) flags.</summary>
    public static ulong Open(uint kernel)
    {
        var falco = (kernel & 3) switch { 0 => ReadOnly, 1 => WriteOnly, _ => ReadWrite };
        foreach (var (bits, flag) in OpenBits)
        {
            if ((kernel & bits) != 0)
            {
                falco |= flag;
            }
        }

        return falco;
    }

    /// <summary>Flags of socket, dup3 and pipe2: only O_NONBLOCK and O_CLOEXEC mean something.</summary>
    public static ulong Descriptor(uint kernel) =>
        ((kernel & KernelNonBlock) != 0 ? NonBlock : 0) | ((kernel & KernelCloseOnExec) != 0 ? CloseOnExec : 0);

    /// <summary>CLONE_* of clone, unshare and setns.</summary>
    public static ulong Clone(ulong kernel) => Map(kernel, CloneBits);

    /// <summary>RESOLVE_* of openat2.</summary>
    public static ulong Resolve(ulong kernel) => Map(kernel, ResolveBits);

    /// <summary>PTRACE_* requests of x86-64; 0 (unknown) for others.</summary>
    public static ulong Ptrace(ulong request) => request switch
    {
        0 => 1, 1 => 2, 2 => 3, 3 => 4, 4 => 5, 5 => 6, 6 => 7, 7 => 8, 8 => 9, 9 => 10,
        12 => 26, 13 => 27, 14 => 28, 15 => 29, 16 => 11, 17 => 12, 18 => 30, 19 => 31, 21 => 32, 24 => 13,
        25 => 33, 26 => 34, 30 => 35, 31 => 36, 32 => 37, 33 => 38,
        0x4200 => 14, 0x4201 => 15, 0x4202 => 16, 0x4203 => 17, 0x4204 => 18, 0x4205 => 19, 0x4206 => 20,
        0x4207 => 21, 0x4208 => 22, 0x4209 => 23, 0x420a => 24, 0x420b => 25,
        _ => 0,
    };

    private static ulong Map(ulong kernel, (uint Kernel, int Bit)[] bits)
    {
        var falco = 0UL;
        foreach (var (bit, index) in bits)
        {
            if ((kernel & bit) != 0)
            {
                falco |= 1UL << index;
            }
        }

        return falco;
    }
}
