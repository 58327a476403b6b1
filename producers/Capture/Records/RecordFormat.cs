using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Syscribe.Capture.Records;

/// <summary><c>enum event_kind</c> of <c>bpf/event.h</c>.</summary>
internal enum EventKind : ushort
{
    Syscall = 1,
    Exec = 2,
    Fork = 3,
    Exit = 4,
    IoUring = 5,
}

/// <summary><c>enum event_flag</c>.</summary>
[Flags]
internal enum EventFlags : ushort
{
    None = 0,
    Compat32 = 1,
    Cut = 2,
    Fault = 4,
    Leader = 8,
}

/// <summary><c>enum block_kind</c>.</summary>
internal enum BlockKind : byte
{
    String = 1,
    Sockaddr = 2,
    Data = 3,
    Socket = 4,
    File = 5,
    Argv = 6,
    Envp = 7,
    Cred = 8,
    Exec = 9,
    Proc = 10,
    Comm = 11,
    ExePath = 12,
    Cgroup = 13,
    Fork = 14,
    How = 15,
    FdPair = 16,
    Unix = 17,
    Cwd = 18,
}

/// <summary><c>struct event</c>: 104 bytes, natural alignment.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EventHeader
{
    public const int Size = 104;

    public ulong KtimeNs;
    public EventKind Kind;
    public EventFlags Flags;
    public int Number;
    public long Return;
    public Arguments Args;
    public ulong StartNs;
    public uint Tid;
    public uint Tgid;
    public uint ParentTgid;
    public uint EffectiveUid;
    public uint EffectiveGid;
    public uint Cpu;

    [InlineArray(6)]
    public struct Arguments
    {
        private ulong _first;
    }
}

/// <summary><c>struct block</c>, ahead of each block's data.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BlockHeader
{
    public const int Size = 8;

    public BlockKind Kind;
    public byte Index;
    public ushort DataBytes;
    public uint Pad;
}

/// <summary>16 bytes of an address; IPv4 uses the first four.</summary>
[InlineArray(16)]
internal struct AddressBytes
{
    private byte _first;
}

/// <summary><c>struct block_socket</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SocketBlock
{
    public ushort Family;
    public ushort Type;
    public ushort Protocol;
    public ushort State;
    public AddressBytes Local;
    public AddressBytes Remote;
    public ushort LocalPort;
    public ushort RemotePort;
    public uint Pad;
    public ulong LocalId;
    public ulong RemoteId;
}

/// <summary><c>enum file_flag</c>.</summary>
[Flags]
internal enum FileFlags : uint
{
    None = 0,
    UpperLayer = 1,
    LowerLayer = 2,
    Created = 4,
    Memfd = 8,
}

/// <summary><c>struct block_file</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileBlock
{
    public ulong Ino;
    public uint Dev;
    public uint Mode;
    public uint OpenFlags;
    public FileFlags Flags;
}

/// <summary><c>struct block_cred</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CredBlock
{
    public uint Uid;
    public uint Euid;
    public uint Suid;
    public uint Fsuid;
    public uint Gid;
    public uint Egid;
    public uint Sgid;
    public uint Fsgid;
    public ulong CapPermitted;
    public ulong CapEffective;
    public ulong CapInheritable;
    public uint LoginUid;
    public uint Pad;
}

/// <summary><c>struct block_exec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExecBlock
{
    public ulong Ino;
    public ulong CtimeNs;
    public ulong MtimeNs;
    public uint Flags;
    public uint Pad;
}

/// <summary><c>struct block_proc</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProcBlock
{
    public int Vpid;
    public int Vtid;
    public int Sid;
    public int Pgid;
    public uint Tty;
    public uint Pidns;
    public ulong PidnsStartNs;
    public ulong StartNs;
}

/// <summary><c>struct block_fork</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ForkBlock
{
    public uint Tid;
    public uint Tgid;
    public ulong CloneFlags;
}
