using Syscribe.Capture.Calls;
using Syscribe.Events;

namespace Syscribe.Capture.Syscalls;

/// <summary>How an argument is read in the kernel: <c>enum arg_kind</c> of <c>bpf/event.h</c>.</summary>
internal enum ArgKind : byte
{
    Number = 0,
    String = 1,
    Sockaddr = 2,
}

/// <summary>What an argument's 64-bit register holds.</summary>
internal enum ArgWidth : byte
{
    /// <summary>64 bits: long, size_t, pointers.</summary>
    Word,

    /// <summary>The low 32 bits, signed.</summary>
    Int,

    /// <summary>The low 32 bits, unsigned.</summary>
    UInt,
}

/// <summary>What an argument is to the generic handler.</summary>
internal enum ArgRole : byte
{
    Plain,

    /// <summary>A descriptor.</summary>
    Descriptor,

    /// <summary>A directory descriptor that the next path is relative to.</summary>
    Directory,

    /// <summary>A path: joined with the working directory or the directory before it.</summary>
    Path,

    /// <summary>Text that is not a path.</summary>
    Text,
}

/// <summary>One argument of a system call.</summary>
internal sealed record SyscallArg(Utf8 Name, ArgKind Kind, ArgWidth Width, ArgRole Role);

/// <summary>One system call: its name, what its arguments are, and who makes its event.</summary>
internal sealed class SyscallInfo(int number, Abi abi, Utf8 name, SyscallArg[] args)
{
    public int Number { get; } = number;

    public Abi Abi { get; } = abi;

    public Utf8 Name { get; } = name;

    /// <summary>Falco's <c>fd.typechar</c> of an unknown descriptor in this call.</summary>
    public Utf8 TypeChar { get; } = TypeCharFallback.Of(name);

    /// <summary>False for a number of the table that nothing names yet.</summary>
    public bool IsNamed { get; init; } = true;

    /// <summary>At most six.</summary>
    public SyscallArg[] Args { get; } = args;

    /// <summary>Applies the call to the state and fills the event.</summary>
    public CallHandler Handler { get; set; } = GenericCalls.Any;
}
