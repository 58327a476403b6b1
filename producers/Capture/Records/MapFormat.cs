using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Syscribe.Capture.Records;

/// <summary><c>struct syscall_desc</c> of <c>bpf/event.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SyscallDescription
{
    public Kinds Args;
    public byte Flags;
    public byte Pad;

    [InlineArray(6)]
    public struct Kinds
    {
        private byte _first;
    }
}

/// <summary><c>struct settings</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Settings
{
    public uint DataBytes;
    public uint Capturing;
}
