using System.Runtime.InteropServices;
using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Calls that make, copy and close descriptors, but open and sockets.</summary>
internal static class FdCalls
{
    private const int DupFd = 0; // F_DUPFD
    private const int SetFdFlags = 2; // F_SETFD
    private const int DupFdCloseOnExec = 1030; // F_DUPFD_CLOEXEC

    public static void Close(Call call)
    {
        GenericCalls.Any(call);
        if (!call.Failed)
        {
            call.Process.Fds.Remove(call.IntArg(0));
        }
    }

    public static void CloseRange(Call call)
    {
        const uint MarkOnly = 4; // CLOSE_RANGE_CLOEXEC
        const uint Unshare = 2; // CLOSE_RANGE_UNSHARE
        var flags = call.UIntArg(2);
        if (!call.Failed)
        {
            if ((flags & Unshare) != 0)
            {
                call.Process.Fds = call.Process.Fds.Fork();
            }

            call.Process.Fds.RemoveRange(call.UIntArg(0), call.UIntArg(1), (flags & MarkOnly) != 0);
        }

        GenericCalls.Any(call);
    }

    public static void Dup(Call call)
    {
        var info = Copy(call, call.IntArg(0), closeOnExec: false);
        AddCopied(call, info);
    }

    public static void Dup2(Call call)
    {
        var info = Copy(call, call.IntArg(0), closeOnExec: false);
        AddCopied(call, info);
        call.AddFd(ParamNames.NewFd, call.IntArg(1));
    }

    public static void Dup3(Call call)
    {
        var info = Copy(call, call.IntArg(0), (call.UIntArg(2) & FalcoFlags.KernelCloseOnExec) != 0);
        AddCopied(call, info);
        call.AddFd(ParamNames.NewFd, call.IntArg(1));
        var flags = FalcoFlags.Descriptor(call.UIntArg(2));
        call.Add(ParamNames.Flags, (long)flags, FlagTables.File.Text(flags));
    }

    public static void Control(Call call)
    {
        var command = call.IntArg(1);
        if (!call.Failed && command is DupFd or DupFdCloseOnExec)
        {
            Copy(call, call.IntArg(0), command == DupFdCloseOnExec);
        }
        else if (!call.Failed && command == SetFdFlags)
        {
            call.Process.Fds.SetCloseOnExec(call.IntArg(0), (call.UIntArg(2) & 1) != 0);
        }

        GenericCalls.Any(call);
    }

    public static void Pipe(Call call) => MakePair(call, call.State.Files.Nameless(FdKind.Pipe), flags: 0);

    public static void Pipe2(Call call) => MakePair(call, call.State.Files.Nameless(FdKind.Pipe), call.UIntArg(1));

    /// <summary>A handler for a call whose result is a nameless descriptor of one kind.</summary>
    /// <param name="kind">What it makes.</param>
    /// <param name="flagsArg">The argument whose bit <paramref name="closeOnExecBit"/> sets close-on-exec; -1 for none.</param>
    /// <param name="closeOnExecBit">O_CLOEXEC on most.</param>
    public static CallHandler Maker(FdKind kind, int flagsArg = -1, uint closeOnExecBit = FalcoFlags.KernelCloseOnExec) => call =>
    {
        var closeOnExec = flagsArg >= 0 && (call.UIntArg(flagsArg) & closeOnExecBit) != 0;
        GenericCalls.Any(call);
        PublishNew(call, call.State.Files.Nameless(kind), closeOnExec);
    };

    /// <summary>A call whose result is a descriptor of a kind that only /proc tells.</summary>
    public static void MakeUnknown(Call call)
    {
        if (!call.Failed)
        {
            call.Process.Fds.Remove(call.Return);
        }

        GenericCalls.Any(call);
        if (call.Failed)
        {
            call.SetUnknownFd(-1, Utf8.Empty, Utf8.Empty);
        }
        else
        {
            call.SetFd(call.Return, call.Find(call.Return));
        }
    }

    public static void MemfdCreate(Call call)
    {
        const uint CloseOnExec = 1; // MFD_CLOEXEC
        GenericCalls.Any(call);
        var name = call.Record.String(0);
        PublishNew(call, call.State.Files.Named(FdKind.Memfd, name.IsNull ? Utf8.Empty : name, name.IsNull ? Utf8.Empty : name),
            (call.UIntArg(1) & CloseOnExec) != 0);
    }

    public static void UserFaultFd(Call call)
    {
        var info = call.State.Files.Nameless(FdKind.UserFault);
        PublishNew(call, info, (call.UIntArg(0) & FalcoFlags.KernelCloseOnExec) != 0);
        call.AddResult();
        var flags = FalcoFlags.Open(call.UIntArg(0));
        call.Add(ParamNames.Flags, (long)flags, FlagTables.File.Text(flags));
    }

    public static void Bpf(Call call)
    {
        var command = call.IntArg(0);
        var makes = command is 0 or 5 or 7 or 13 or 14 or 17 or 18 or 19 or 28 or 30 or 32 or 33 or 36;
        if (!call.Failed && makes)
        {
            // Every descriptor that bpf(2) makes is close-on-exec.
            call.Process.Fds.Set(call.Return, call.State.Files.Nameless(FdKind.Bpf), closeOnExec: true);
        }

        call.Add(ParamNames.Fd, call.Return, call.Failed ? Errno.Name(call.Return) : makes ? call.Process.Fds[call.Return]?.Display ?? default : default);
        call.Add(ParamNames.Cmd, command, FlagTables.BpfCommand.Text((uint)command));
        if (call.Failed)
        {
            call.SetUnknownFd(-1, Utf8.Empty, Utf8.Empty);
        }
        else if (makes)
        {
            call.SetFd(call.Return, call.Process.Fds[call.Return]);
        }
    }

    internal static void MakePair(Call call, FdInfo info, uint flags)
    {
        var made = call.Record.Bytes(BlockKind.FdPair).Span;
        if (!call.Failed && made.Length >= 8)
        {
            var closeOnExec = (flags & FalcoFlags.KernelCloseOnExec) != 0;
            var pair = MemoryMarshal.Cast<byte, int>(made);
            call.Process.Fds.Set(pair[0], info, closeOnExec);
            call.Process.Fds.Set(pair[1], info, closeOnExec);
            GenericCalls.Any(call);
            call.SetFd(pair[0], info);
            return;
        }

        GenericCalls.Any(call);
        call.SetUnknownFd(-1, Utf8.Empty, Utf8.Empty);
    }

    private static void PublishNew(Call call, FdInfo info, bool closeOnExec)
    {
        if (call.Failed)
        {
            call.SetUnknownFd(-1, Utf8.Empty, Utf8.Empty);
            return;
        }

        call.Process.Fds.Set(call.Return, info, closeOnExec);
        call.SetFd(call.Return, info);
    }

    private static FdInfo? Copy(Call call, int from, bool closeOnExec)
    {
        if (call.Failed)
        {
            return null;
        }

        var info = call.Find(from);
        if (info is null)
        {
            call.Process.Fds.Remove(call.Return);
        }
        else if (call.Return != from)
        {
            call.Process.Fds.Set(call.Return, info, closeOnExec);
        }

        return info;
    }

    // On success the event's descriptor is the new one, else the one that was to be copied.
    private static void AddCopied(Call call, FdInfo? info)
    {
        var old = call.IntArg(0);
        call.Add(ParamNames.Res, call.Return, call.Failed ? Errno.Name(call.Return) : info?.Display ?? default);
        call.AddFd(ParamNames.OldFd, old);
        if (call.Failed)
        {
            call.SetFd(old, call.Return == Errno.BadDescriptor ? call.Process.Fds[old] : call.Find(old));
        }
        else
        {
            call.SetFd(call.Return, info);
        }
    }
}
