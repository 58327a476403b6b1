using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Sockets: making, naming, connecting, and learning peers from traffic.</summary>
internal static class SocketCalls
{
    private const int Netlink = 16;

    public static void Socket(Call call)
    {
        var (domain, type, protocol) = (call.IntArg(0), call.UIntArg(1), call.IntArg(2));
        SocketFd? socket = null;
        if (!call.Failed)
        {
            socket = new SocketFd(KindOf(domain), (int)type, protocol);
            call.Process.Fds.Set(call.Return, socket, (type & FalcoFlags.KernelCloseOnExec) != 0);
        }

        AddMade(call, socket);
        call.Add(ParamNames.Domain, domain, FlagTables.SocketFamily.Text((uint)domain));
        call.Add(ParamNames.Type, type);
        call.Add(ParamNames.Proto, protocol);
        var flags = FalcoFlags.Descriptor(type);
        call.Add(ParamNames.Flags, (long)flags, FlagTables.File.Text(flags));
        PublishMade(call, socket, Utf8.Empty, nameChanged: false);
    }

    public static void SocketPair(Call call) =>
        FdCalls.MakePair(call, new SocketFd(KindOf(call.IntArg(0)), call.IntArg(1), call.IntArg(2)) { Connected = true }, call.UIntArg(1));

    public static void Bind(Call call)
    {
        var address = call.Record.Bytes(BlockKind.Sockaddr).Span;
        if (!call.Failed && Socket(call, call.IntArg(0)) is { } socket)
        {
            var own = SocketAddress.Endpoint(address);
            if (own.Port > 0)
            {
                socket.Set(SocketRole.Listener, default, own);
            }
            else if (SocketAddress.Family(address) == SocketAddress.Unix)
            {
                socket.BindUnix(SocketAddress.UnixPath(address));
            }
        }

        GenericCalls.Any(call);
    }

    public static void Listen(Call call)
    {
        call.AddResult();
        FileCalls.AddDescriptor(call, ParamNames.Fd, call.IntArg(0));
        call.Add(ParamNames.Backlog, call.IntArg(1));
        if (!call.Failed && Socket(call, call.IntArg(0)) is { } socket)
        {
            socket.Backlog = call.IntArg(1);
        }
    }

    public static void Connect(Call call)
    {
        var number = call.IntArg(0);
        var address = call.Record.Bytes(BlockKind.Sockaddr).Span;
        var succeeded = call.Return is 0 or Errno.InProgress;
        var socket = call.Return == Errno.BadDescriptor ? null : Socket(call, number);
        var changed = succeeded && socket is not null && Connected(call, socket, address);

        call.AddResult();
        call.AddText(ParamNames.Tuple, succeeded && socket is { Name.Length: > 0 } ? socket.Name : Call.Null);
        call.AddFd(ParamNames.Fd, number, socket);
        call.AddText(ParamNames.Addr, SocketAddress.Text(address));
        if (socket is null)
        {
            call.SetUnknownFd(number, Call.Null, Call.Null);
        }
        else
        {
            call.SetFd(number, socket, changed);
        }
    }

    public static void Accept(Call call)
    {
        AcceptAny(call);
    }

    public static void Accept4(Call call)
    {
        AcceptAny(call);
        var flags = FalcoFlags.Descriptor(call.UIntArg(3));
        call.Add(ParamNames.Flags, (long)flags, FlagTables.File.Text(flags));
    }

    public static void SendTo(Call call)
    {
        var (socket, changed) = Transfer(call, sends: true);
        call.AddResult();
        call.AddData();
        AddSocket(call, socket);
        call.Add(ParamNames.Size, (long)call.Arg(2));
        AddTuple(call, socket, sends: true);
        Publish(call, socket, changed);
    }

    public static void SendMessage(Call call)
    {
        var (socket, changed) = Transfer(call, sends: true);
        call.AddResult();
        call.AddData();
        AddSocket(call, socket);
        AddTransferred(call);
        AddTuple(call, socket, sends: true);
        Publish(call, socket, changed);
    }

    public static void ReceiveFrom(Call call)
    {
        var (socket, changed) = Transfer(call, sends: false);
        call.AddResult();
        call.AddData();
        AddTuple(call, socket, sends: false);
        AddSocket(call, socket);
        call.Add(ParamNames.Size, (long)call.Arg(2));
        Publish(call, socket, changed);
    }

    public static void ReceiveMessage(Call call)
    {
        var (socket, changed) = Transfer(call, sends: false);
        call.AddResult();
        AddTransferred(call);
        call.AddData();
        AddTuple(call, socket, sends: false);
        call.AddText(ParamNames.MsgControl, Call.Null);
        AddSocket(call, socket);
        Publish(call, socket, changed);
    }

    /// <summary>sendmmsg and recvmmsg: the state of the first message.</summary>
    public static void ManyMessages(Call call)
    {
        var (socket, changed) = Transfer(call, call.Info.Name.Span.StartsWith("send"u8));
        GenericCalls.Any(call);
        call.Event.Data = call.Failed ? default : call.Record.Bytes(BlockKind.Data);
        Publish(call, socket, changed);
    }

    private static FdKind KindOf(int family) => family switch
    {
        SocketAddress.Unix => FdKind.Unix,
        SocketAddress.IPv4 => FdKind.IPv4,
        SocketAddress.IPv6 => FdKind.IPv6,
        Netlink => FdKind.Netlink,
        _ => FdKind.OtherSocket,
    };

    /// <summary>The call's socket; made from what the kernel says where it was not known.</summary>
    private static SocketFd? Socket(Call call, int number)
    {
        if (call.Process.Fds[number] is SocketFd known)
        {
            return known;
        }

        if (number < 0 || !call.Record.TryBlock(BlockKind.Socket, out SocketBlock block))
        {
            return null;
        }

        var socket = new SocketFd(KindOf(block.Family), block.Type, block.Protocol);
        call.Process.Fds.Set(number, socket, closeOnExec: false);
        return socket;
    }

    private static bool Connected(Call call, SocketFd socket, ReadOnlySpan<byte> address)
    {
        if (SocketAddress.Family(address) == 0)
        {
            // connect(AF_UNSPEC) dissolves the association.
            socket.Connected = false;
            return socket.Set(SocketRole.None, default, default);
        }

        socket.Connected = true;
        if (socket.Kind == FdKind.Unix)
        {
            var path = SocketAddress.UnixPath(address);
            return call.Record.TryBlock(BlockKind.Socket, out SocketBlock unix)
                && socket.SetUnix(unix.LocalId, unix.RemoteId, path.IsNull ? Utf8.Empty : path);
        }

        var server = SocketAddress.Endpoint(address);
        return !server.IsNone && socket.Set(SocketRole.Client, Ends(call).Local, server);
    }

    private static void AcceptAny(Call call)
    {
        SocketFd? socket = null;
        if (!call.Failed && call.Record.TryBlock(BlockKind.Socket, out SocketBlock block))
        {
            socket = new SocketFd(KindOf(block.Family), block.Type, block.Protocol) { Connected = true };
            var (local, remote) = Ends(call);
            if (socket.Kind == FdKind.Unix)
            {
                // Falco shows the client's end first.
                socket.SetUnix(block.RemoteId, block.LocalId, SocketAddress.UnixName(call.Record.Bytes(BlockKind.Unix).Span));
            }
            else if (!local.IsNone)
            {
                socket.Set(SocketRole.Server, remote, local);
            }

            var flags = call.Info.Args.Length > 3 ? call.UIntArg(3) : 0;
            call.Process.Fds.Set(call.Return, socket, (flags & FalcoFlags.KernelCloseOnExec) != 0);
        }
        else if (!call.Failed)
        {
            call.Process.Fds.Remove(call.Return);
        }

        var backlog = call.Process.Fds[call.IntArg(0)] is SocketFd listener && !call.Failed ? listener.Backlog : 0;
        AddMade(call, socket);
        call.AddText(ParamNames.Tuple, socket is null ? Call.Null : socket.Name);
        call.Add(ParamNames.QueuePct, 0);
        call.Add(ParamNames.QueueLen, 0);
        call.Add(ParamNames.QueueMax, backlog);
        PublishMade(call, socket, Call.Null, nameChanged: true);
    }

    private static (SocketFd? Socket, bool Changed) Transfer(Call call, bool sends)
    {
        var number = call.IntArg(0);
        if (call.Return == Errno.BadDescriptor || Socket(call, number) is not { } socket)
        {
            return (null, false);
        }

        if (call.Failed)
        {
            return (socket, false);
        }

        // The first transfer on a bound socket still finds a listener: Falco calls it connected from the second on.
        var bound = socket.Role == SocketRole.Listener;
        var changed = socket.Kind.IsIp() && (!socket.IsStream || socket.Role == SocketRole.None) && Learn(call, socket, sends);
        changed |= socket.Kind == FdKind.Unix && LearnUnix(call, socket, sends);
        socket.Connected |= !bound;
        return (socket, changed);
    }

    private static bool Learn(Call call, SocketFd socket, bool sends)
    {
        var (local, remote) = Ends(call);
        var named = SocketAddress.Endpoint(call.Record.Bytes(BlockKind.Sockaddr).Span);
        remote = named.IsNone ? remote : named;
        if (local.IsNone || (sends && remote.IsNone))
        {
            return false;
        }

        var role = socket.Role is SocketRole.Client or SocketRole.Server
            ? socket.Role
            : GuessRole(call.Process.Fds, sends ? local.Port : remote.Port, sends ? remote.Port : local.Port, sends);
        return role == SocketRole.Client ? socket.Set(role, local, remote) : socket.Set(role, remote, local);
    }

    /// <summary>
    /// Falco's guess for a socket without a role: the destination's port is not ours, so we are the client; or we are not
    /// known as client on the source port, so we are the server; else by direction.
    /// </summary>
    private static SocketRole GuessRole(FdTable fds, int sourcePort, int destinationPort, bool sends)
    {
        if (!fds.AnySocket(destinationPort, static (socket, port) => socket.Role is SocketRole.Listener or SocketRole.Server && socket.Server.Port == port))
        {
            return SocketRole.Client;
        }

        if (!fds.AnySocket(sourcePort, static (socket, port) => socket.Role == SocketRole.Client && socket.Client.Port == port))
        {
            return SocketRole.Server;
        }

        return sends ? SocketRole.Client : SocketRole.Server;
    }

    private static bool LearnUnix(Call call, SocketFd socket, bool sends)
    {
        if (!call.Record.TryBlock(BlockKind.Socket, out SocketBlock block) || block.RemoteId == 0
            || socket.UnixIds == (block.LocalId, block.RemoteId) || socket.UnixIds == (block.RemoteId, block.LocalId))
        {
            return false;
        }

        var path = SocketAddress.UnixName(call.Record.Bytes(BlockKind.Unix).Span);
        return sends ? socket.SetUnix(block.LocalId, block.RemoteId, path) : socket.SetUnix(block.RemoteId, block.LocalId, path);
    }

    private static (Endpoint Local, Endpoint Remote) Ends(Call call)
    {
        if (!call.Record.TryBlock(BlockKind.Socket, out SocketBlock block))
        {
            return default;
        }

        var length = block.Family switch { SocketAddress.IPv4 => 4, SocketAddress.IPv6 => 16, _ => 0 };
        return length == 0
            ? default
            : (new Endpoint(((ReadOnlySpan<byte>)block.Local)[..length], block.LocalPort),
               new Endpoint(((ReadOnlySpan<byte>)block.Remote)[..length], block.RemotePort));
    }

    private static void AddMade(Call call, SocketFd? socket) =>
        call.Add(ParamNames.Fd, call.Return, call.Failed ? Errno.Name(call.Return) : socket?.Display ?? default);

    private static void AddSocket(Call call, SocketFd? socket)
    {
        if (socket is null)
        {
            call.AddFd(ParamNames.Fd, call.IntArg(0));
        }
        else
        {
            call.AddFd(ParamNames.Fd, call.IntArg(0), socket);
        }
    }

    // The number of bytes moved: the sum of the buffers is not read.
    private static void AddTransferred(Call call)
    {
        if (call.Failed)
        {
            call.AddMissing(ParamNames.Size);
        }
        else
        {
            call.Add(ParamNames.Size, call.Return);
        }
    }

    private static void AddTuple(Call call, SocketFd? socket, bool sends) =>
        call.AddText(ParamNames.Tuple, call.Failed || socket is null ? Call.Null : socket.Tuple(sends) is { IsNull: false } tuple ? tuple : Call.Null);

    private static void PublishMade(Call call, SocketFd? socket, Utf8 nameless, bool nameChanged)
    {
        if (call.Failed)
        {
            call.SetUnknownFd(-1, nameless, nameless);
        }
        else
        {
            call.SetFd(call.Return, socket, nameChanged);
        }
    }

    private static void Publish(Call call, SocketFd? socket, bool changed)
    {
        if (socket is not null)
        {
            call.SetFd(call.IntArg(0), socket, changed);
        }
        else
        {
            call.SetFd(call.IntArg(0), call.Return == Errno.BadDescriptor ? null : call.Find(call.IntArg(0)));
        }
    }
}
