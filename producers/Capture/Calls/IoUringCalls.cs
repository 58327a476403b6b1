using System.Runtime.InteropServices;
using Syscribe.Capture.Records;
using Syscribe.Capture.Syscalls;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>
/// io_uring operations, seen when they are submitted: what they ask for is known, their result is not, so they change no
/// state. Parameters are those of the system call of the same name, without its result.
/// </summary>
internal static class IoUringCalls
{
    private static readonly Dictionary<string, CallHandler> ByName = new()
    {
        ["openat"] = OpenAt,
        ["openat2"] = OpenAt2,
        ["unlinkat"] = WithoutResult(FileCalls.UnlinkAt),
        ["mkdirat"] = WithoutResult(FileCalls.MakeDirectoryAt),
        ["renameat"] = WithoutResult(FileCalls.RenameAt2),
        ["linkat"] = WithoutResult(FileCalls.LinkAt),
        ["symlinkat"] = WithoutResult(FileCalls.SymbolicLinkAt),
    };

    // The rest is given only a descriptor, or nothing.
    private static readonly SyscallArg[] DescriptorOnly = [new(Utf8.From("fd"), ArgKind.Number, ArgWidth.Int, ArgRole.Descriptor)];

    private static readonly HashSet<string> LikeTheirCall = ["statx", "connect", "socket", "close"];

    public static CallHandler Of(string operation) => ByName.GetValueOrDefault(operation, GenericCalls.Any);

    /// <summary>Arguments of an operation, given those of the system call of its name.</summary>
    public static SyscallArg[] Args(string operation, SyscallArg[]? sameCall) =>
        LikeTheirCall.Contains(operation) && sameCall is not null ? sameCall
        : operation is "nop" or "timeout" or "timeout_remove" or "async_cancel" or "link_timeout" or "madvise" or "waitid"
            or "futex_wait" or "futex_wake" or "futex_waitv" or "pipe" ? []
        : DescriptorOnly;

    private static CallHandler WithoutResult(CallHandler handler) => call =>
    {
        handler(call);
        call.Event.Params.RemoveAt(0);
    };

    private static void OpenAt(Call call) => Open(call, call.UIntArg(2), call.UIntArg(3));

    private static void OpenAt2(Call call)
    {
        var how = call.Record.Bytes(BlockKind.How).Span;
        var words = how.Length >= 24 ? MemoryMarshal.Cast<byte, ulong>(how[..24]) : [0, 0, 0];
        Open(call, (uint)words[0], (uint)words[1]);
        var resolve = FalcoFlags.Resolve(words[2]);
        call.Add(ParamNames.Resolve, (long)resolve, FlagTables.Resolve.Text(resolve));
    }

    private static void Open(Call call, uint kernelFlags, uint mode)
    {
        const uint LargeFile = 0x8000; // The kernel adds it by itself before we look.
        var directory = call.IntArg(0);
        var path = call.Record.String(1);
        call.AddFd(ParamNames.DirFd, directory);
        call.AddPath(ParamNames.Name, path, directory);
        var flags = FalcoFlags.Open(kernelFlags & ~LargeFile);
        call.Add(ParamNames.Flags, (long)flags, FlagTables.File.Text(flags));
        call.AddPrinted(ParamNames.Mode, mode, call.State.Numbers.Octal(mode));

        // The descriptor is not there yet; its name is known.
        call.SetUnknownFd(-1, call.Join(directory, path), path);
    }
}
