using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Syscalls;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Calls that Falco's table does not name: the kernel's own arguments, paths joined, descriptors resolved.</summary>
internal static class GenericCalls
{
    public static void Any(Call call)
    {
        var args = call.Info.Args;
        var directory = Call.CurrentDirectory;
        var fd = -1;
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            switch (arg.Role)
            {
                case ArgRole.Descriptor:
                    fd = fd < 0 ? i : fd;
                    call.AddFd(arg.Name, call.IntArg(i));
                    break;
                case ArgRole.Directory:
                    fd = fd < 0 ? i : fd;
                    directory = call.IntArg(i);
                    call.AddFd(arg.Name, directory);
                    break;
                case ArgRole.Path:
                    call.AddPath(arg.Name, call.Record.String(i), directory);
                    break;
                case ArgRole.Text:
                    call.AddText(arg.Name, call.Record.String(i));
                    break;
                default:
                    AddPlain(call, arg, i);
                    break;
            }
        }

        if (fd >= 0)
        {
            SetFd(call, call.IntArg(fd));
        }
    }

    /// <summary>read, write and their kin: a successful transfer on a socket means that it is connected.</summary>
    public static void Transfer(Call call)
    {
        if (!call.Failed && call.Process.Fds[call.IntArg(0)] is SocketFd { Connected: false, Role: not SocketRole.Listener } socket)
        {
            socket.Connected = true;
        }

        Any(call);
        call.Event.Data = call.Failed ? default : call.Record.Bytes(BlockKind.Data);
    }

    private static void SetFd(Call call, int number)
    {
        if (number >= 0 && call.Return != Text.Errno.BadDescriptor && call.Find(number) is { } info)
        {
            call.SetFd(number, info);
        }
        else
        {
            call.SetUnknownFd(number, Utf8.Empty, Utf8.Empty);
        }
    }

    private static void AddPlain(Call call, SyscallArg arg, int index)
    {
        if (arg.Kind == ArgKind.Sockaddr)
        {
            call.AddText(arg.Name, SocketAddress.Text(call.Record.Bytes(BlockKind.Sockaddr).Span));
            return;
        }

        call.Add(arg.Name, arg.Width switch
        {
            ArgWidth.Int => call.IntArg(index),
            ArgWidth.UInt => call.UIntArg(index),
            _ => (long)call.Arg(index),
        });
    }
}
