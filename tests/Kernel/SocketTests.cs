using System.Net;
using Syscribe.Events;

namespace Syscribe.Kernel.Tests;

/// <summary>socket, connect, accept, accept4, listen, sendto, sendmsg, recvfrom, recvmsg: success and failure, every parameter.</summary>
public sealed class SocketTests(CaptureFixture capture) : IDisposable
{
    private const int Socket = 41;
    private const int Connect = 42;
    private const int Accept = 43;
    private const int SendTo = 44;
    private const int ReceiveFrom = 45;
    private const int SendMessage = 46;
    private const int ReceiveMessage = 47;
    private const int Bind = 49;
    private const int Listen = 50;
    private const int GetSocketName = 51;
    private const int Accept4 = 288;
    private const int Unix = 1;
    private const int Inet = 2;
    private const int Inet6 = 10;
    private const int Stream = 1;
    private const int Datagram = 2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlock = 0x800;
    private const int NoDescriptor = 4040;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Socket_shows_its_family_and_flags_and_no_role()
    {
        var seen = capture.Trace(() =>
        {
            Sys.Call(Socket, Inet, Stream | CloseOnExec | NonBlock, 0);
            Sys.Call(Socket, Inet6, Datagram, 17);
            Sys.Call(Socket, Unix, Stream, 0);
            Sys.Call(Socket, 17, 3, 0);
            Sys.Call(Socket, 99, 1, 0);
        }).Where(e => e.Type == "socket").ToList();

        Assert.Equal(
            [
                $"fd={seen[0].Return}(<4>) domain=2(AF_INET) type=526337 proto=0 flags=4160(O_NONBLOCK|O_CLOEXEC)",
                $"fd={seen[1].Return}(<6>) domain=10(AF_INET6) type=2 proto=17 flags=0(O_NONE)",
                $"fd={seen[2].Return}(<u>) domain=1(AF_LOCAL|AF_UNIX) type=1 proto=0 flags=0(O_NONE)",
                $"fd={seen[3].Return}(<o>) domain=17(AF_PACKET) type=3 proto=0 flags=0(O_NONE)",
                "fd=-97(EAFNOSUPPORT) domain=99 type=1 proto=0 flags=0(O_NONE)",
            ],
            seen.Select(e => e.Args));
        Assert.Equal(["ipv4", "ipv6", "unix", "<NA>", null], seen.Select(e => e.Fd!.Type));
        Assert.Equal(["4", "6", "u", "o", "4"], seen.Select(e => e.Fd!.TypeChar));
        Assert.Equal(["ip", "ip", "unix", null, null], seen.Select(e => e.Fd!.Family));
        Assert.Equal(["<NA>", "<NA>", "<NA>", "<NA>", null], seen.Select(e => e.Fd!.L4Proto));
        Assert.All(seen, e => Assert.Equal(("", false, SocketRole.None), (e.Fd!.Name, e.Fd.Connected, e.Fd.Role)));
        Assert.Equal(-1, seen[4].Fd!.Num);
    }

    [Theory]
    [InlineData(Inet, "127.0.0.1", "4")]
    [InlineData(Inet6, "::1", "6")]
    public void A_tcp_connection_has_a_client_and_a_server(int family, string host, string letter)
    {
        var (port, clientPort, listener, client, server) = (0, 0, 0L, 0L, 0L);
        var seen = capture.Trace(() =>
        {
            listener = Sys.Call(Socket, family, Stream, 0);
            Sys.Call(Bind, listener, Address(family, host, 0), AddressLength(family));
            port = Port(listener);
            Sys.Call(Bind, listener, Address(family, host, port), AddressLength(family));
            Sys.Call(Listen, listener, 7);
            client = Sys.Call(Socket, family, Stream, 0);
            Sys.Call(Connect, client, Address(family, host, port), AddressLength(family));
            clientPort = Port(client);
            server = Sys.Call(Accept, listener, null, null);
            Sys.Call(SendTo, client, "hello", 5, 0, null, 0);
            Sys.Call(ReceiveFrom, server, new byte[64], 64, 0, null, null);
            Send(server, "world");
            Receive(client, 64);
        });

        var tuple = $"{host}:{clientPort}->{host}:{port}";
        var back = $"{host}:{port}->{host}:{clientPort}";
        var connect = seen.Single(e => e.Type == "connect");
        Assert.Equal($"res=0 tuple={tuple} fd={client}(<{letter}t>{tuple}) addr={host}:{port}", connect.Args);
        AssertTcp(connect.Fd!, client, SocketRole.Client, tuple, host, clientPort, port, nameChanged: true);

        var accept = seen.Single(e => e.Type == "accept");
        Assert.Equal($"fd={server}(<{letter}t>{tuple}) tuple={tuple} queuepct=0 queuelen=0 queuemax=7", accept.Args);
        AssertTcp(accept.Fd!, server, SocketRole.Server, tuple, host, clientPort, port, nameChanged: true);

        var sendTo = seen.Single(e => e.Type == "sendto");
        Assert.Equal($"res=5 data=hello fd={client}(<{letter}t>{tuple}) size=5 tuple={tuple}", sendTo.Args);
        AssertTcp(sendTo.Fd!, client, SocketRole.Client, tuple, host, clientPort, port, nameChanged: false);
        Assert.Equal("hello", sendTo.Data);

        var receiveFrom = seen.Single(e => e.Type == "recvfrom");
        Assert.Equal($"res=5 data=hello tuple={tuple} fd={server}(<{letter}t>{tuple}) size=64", receiveFrom.Args);
        AssertTcp(receiveFrom.Fd!, server, SocketRole.Server, tuple, host, clientPort, port, nameChanged: false);
        Assert.Equal("hello", receiveFrom.Data);

        var sendMessage = seen.Single(e => e.Type == "sendmsg");
        Assert.Equal($"res=5 data=world fd={server}(<{letter}t>{tuple}) size=5 tuple={back}", sendMessage.Args);
        AssertTcp(sendMessage.Fd!, server, SocketRole.Server, tuple, host, clientPort, port, nameChanged: false);

        var receiveMessage = seen.Single(e => e.Type == "recvmsg");
        Assert.Equal($"res=5 size=5 data=world tuple={back} msgcontrol=NULL fd={client}(<{letter}t>{tuple})", receiveMessage.Args);
        AssertTcp(receiveMessage.Fd!, client, SocketRole.Client, tuple, host, clientPort, port, nameChanged: false);
    }

    [Fact]
    public void Bind_and_listen_make_a_listener_with_one_end()
    {
        var (port, listener) = (0, 0L);
        var seen = capture.Trace(() =>
        {
            using var free = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, 0);
            free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)free.LocalEndPoint!).Port;
            free.Close();
            listener = Sys.Call(Socket, Inet, Stream, 0);
            Assert.Equal(0, Sys.Call(Bind, listener, Address(Inet, "127.0.0.1", port), 16));
            Sys.Call(Listen, listener, 5);
            Sys.Call(Listen, NoDescriptor, 1);
        });

        var listen = seen.Where(e => e.Type == "listen").ToList();
        Assert.Equal([$"res=0 fd={listener}(<4t>127.0.0.1:{port}) backlog=5", $"res=-9(EBADF) fd={NoDescriptor} backlog=1"], listen.Select(e => e.Args));
        var fd = listen[0].Fd!;
        Assert.Equal(("ipv4", "4", $"127.0.0.1:{port}", "", "tcp", "ip", SocketRole.Listener), (fd.Type, fd.TypeChar, fd.Name, fd.NameRaw, fd.L4Proto, fd.Family, fd.Role));
        Assert.Equal((null, null, "127.0.0.1", port), (fd.ClientIp, fd.ClientPort, fd.ServerIp, fd.ServerPort));
        Assert.Null(fd.ClientIsLocal);
        Assert.False(fd.Connected);
        OpenTests.AssertUnknown(listen[1], NoDescriptor, "o", "", "");
    }

    [Fact]
    public void Failed_connects_leave_the_descriptor_as_it_was()
    {
        var client = 0L;
        var seen = capture.Trace(() =>
        {
            client = Sys.Call(Socket, Inet, Stream, 0);
            Sys.Call(Connect, client, Address(Inet, "127.0.0.1", 1), 16);
            Sys.Call(Connect, NoDescriptor, Address(Inet, "1.2.3.4", 5), 16);
        }).Where(e => e.Type == "connect").ToList();

        Assert.Equal(
            [
                $"res=-111(ECONNREFUSED) tuple=NULL fd={client}(<4>) addr=127.0.0.1:1",
                $"res=-9(EBADF) tuple=NULL fd={NoDescriptor} addr=1.2.3.4:5",
            ],
            seen.Select(e => e.Args));
        Assert.Equal((client, "ipv4", "", false, SocketRole.None), (seen[0].Fd!.Num, seen[0].Fd!.Type, seen[0].Fd!.Name, seen[0].Fd!.Connected, seen[0].Fd!.Role));
        OpenTests.AssertUnknown(seen[1], NoDescriptor, "o", "NULL", "NULL");
    }

    [Theory]
    [InlineData("accept", Accept, "")]
    [InlineData("accept4", Accept4, " flags=64(O_NONBLOCK)")]
    public void Failed_accept_has_a_tuple_of_null(string call, int number, string flags)
    {
        var seen = capture.One(call, () =>
        {
            var listener = Sys.Call(Socket, Inet, Stream | NonBlock, 0);
            Sys.Call(Bind, listener, Address(Inet, "127.0.0.1", 0), 16);
            Sys.Call(Listen, listener, 1);
            Sys.Call(number, listener, null, null, NonBlock);
        });

        Assert.Equal("fd=-11(EAGAIN) tuple=NULL queuepct=0 queuelen=0 queuemax=0" + flags, seen.Args);
        OpenTests.AssertUnknown(seen, -1, "4", "NULL", "NULL");
    }

    [Fact]
    public void Accept4_of_a_unix_connection_names_both_ends_and_the_path()
    {
        var (path, client, server) = (_folder["s"], 0L, 0L);
        var seen = capture.Trace(() =>
        {
            var listener = Sys.Call(Socket, Unix, Stream, 0);
            Sys.Call(Bind, listener, UnixAddress(path), 110);
            Sys.Call(Listen, listener, 3);
            client = Sys.Call(Socket, Unix, Stream, 0);
            Sys.Call(Connect, client, UnixAddress(path), 110);
            server = Sys.Call(Accept4, listener, null, null, CloseOnExec);
        });

        var listen = seen.Single(e => e.Type == "listen");
        Assert.Equal((path, "unix", "unix"), (listen.Fd!.Name, listen.Fd.Type, listen.Fd.Family));

        var connect = seen.Single(e => e.Type == "connect");
        var name = connect.Fd!.Name!;
        Assert.Matches($"^[0-9a-f]+->[0-9a-f]+ {System.Text.RegularExpressions.Regex.Escape(path)}$", name);
        Assert.Equal($"res=0 tuple={name} fd={client}(<u>{name}) addr={path}", connect.Args);
        Assert.True(connect.Fd.Connected);
        Assert.True(connect.Fd.NameChanged);

        var accept = seen.Single(e => e.Type == "accept4");
        Assert.Equal($"fd={server}(<u>{name}) tuple={name} queuepct=0 queuelen=0 queuemax=3 flags=4096(O_CLOEXEC)", accept.Args);
        Assert.Equal((server, "unix", "u", true, true), (accept.Fd!.Num, accept.Fd.Type, accept.Fd.TypeChar, accept.Fd.Connected, accept.Fd.NameChanged));
    }

    [Fact]
    public void Datagrams_teach_both_sides_their_peer()
    {
        var (port, clientPort, client, server) = (0, 0, 0L, 0L);
        var seen = capture.Trace(() =>
        {
            server = Sys.Call(Socket, Inet, Datagram, 0);
            Sys.Call(Bind, server, Address(Inet, "127.0.0.1", 0), 16);
            port = Port(server);
            client = Sys.Call(Socket, Inet, Datagram, 0);
            Sys.Call(SendTo, client, "ping", 4, 0, Address(Inet, "127.0.0.1", port), 16);
            clientPort = Port(client);
            Sys.Call(ReceiveFrom, server, new byte[64], 64, 0, new byte[16], new[] { 16 });
            Sys.Call(SendTo, server, "pong", 4, 0, Address(Inet, "127.0.0.1", clientPort), 16);
            Sys.Call(ReceiveFrom, client, new byte[64], 64, 0, new byte[16], new[] { 16 });
        });

        var sends = seen.Where(e => e.Type == "sendto").ToList();
        var receives = seen.Where(e => e.Type == "recvfrom").ToList();
        Assert.Equal("4", sends[0].Fd!.TypeChar);
        Assert.Equal(("udp", SocketRole.Client, "127.0.0.1", port, true, true), (sends[0].Fd!.L4Proto, sends[0].Fd!.Role, sends[0].Fd!.ServerIp, sends[0].Fd!.ServerPort, sends[0].Fd!.Connected, sends[0].Fd!.NameChanged));
        Assert.Equal((clientPort, "ping"), (sends[0].Fd!.ClientPort, sends[0].Data));

        // Falco knows no listener on a socket that was bound to port 0, and guesses that it is a client.
        Assert.Equal($"res=4 data=ping tuple=127.0.0.1:{clientPort}->127.0.0.1:{port} fd={server}(<4u>127.0.0.1:{port}->127.0.0.1:{clientPort}) size=64", receives[0].Args);
        Assert.Equal((SocketRole.Client, true), (receives[0].Fd!.Role, receives[0].Fd!.NameChanged));
        Assert.Equal($"res=4 data=pong fd={server}(<4u>127.0.0.1:{port}->127.0.0.1:{clientPort}) size=4 tuple=127.0.0.1:{port}->127.0.0.1:{clientPort}", sends[1].Args);
        Assert.False(sends[1].Fd!.NameChanged);
        Assert.Equal(SocketRole.Client, receives[1].Fd!.Role);
    }

    [Fact]
    public void The_first_transfer_on_a_bound_datagram_socket_is_not_connected_yet()
    {
        var (port, server) = (0, 0L);
        var seen = capture.Trace(() =>
        {
            using (var free = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
            {
                port = ((IPEndPoint)free.Client.LocalEndPoint!).Port;
            }

            server = Sys.Call(Socket, Inet, Datagram, 0);
            Assert.Equal(0, Sys.Call(Bind, server, Address(Inet, "127.0.0.1", port), 16));
            var client = Sys.Call(Socket, Inet, Datagram, 0);
            Sys.Call(SendTo, client, "a", 1, 0, Address(Inet, "127.0.0.1", port), 16);
            Sys.Call(SendTo, client, "b", 1, 0, Address(Inet, "127.0.0.1", port), 16);
            Sys.Call(ReceiveFrom, server, new byte[8], 8, 0, new byte[16], new[] { 16 });
            Sys.Call(ReceiveFrom, server, new byte[8], 8, 0, new byte[16], new[] { 16 });
        }).Where(e => e.Type == "recvfrom").ToList();

        Assert.Equal([false, true], seen.Select(e => e.Fd!.Connected));
        Assert.Equal([true, false], seen.Select(e => e.Fd!.NameChanged));
        Assert.All(seen, e => Assert.Equal((SocketRole.Server, port), (e.Fd!.Role, e.Fd.ServerPort)));
    }

    [Fact]
    public void Failed_transfers_have_data_and_tuple_of_null()
    {
        var (datagram, stream) = (0L, 0L);
        var seen = capture.Trace(() =>
        {
            datagram = Sys.Call(Socket, Inet, Datagram, 0);
            Sys.Call(SendTo, datagram, "lost", 4, 0, null, 0);
            Sys.Call(ReceiveFrom, NoDescriptor, new byte[9], 9, 0, null, null);
            stream = Sys.Call(Socket, Inet, Stream, 0);
            Send(stream, "lost");
            Receive(stream, 9);
        });

        Assert.Equal($"res=-89(EDESTADDRREQ) data=NULL fd={datagram}(<4>) size=4 tuple=NULL", seen.Single(e => e.Type == "sendto").Args);
        Assert.Equal($"res=-9(EBADF) data=NULL tuple=NULL fd={NoDescriptor} size=9", seen.Single(e => e.Type == "recvfrom").Args);
        Assert.Equal($"res=-32(EPIPE) data=NULL fd={stream}(<4>) size=null tuple=NULL", seen.Single(e => e.Type == "sendmsg").Args);
        Assert.Equal($"res=-107(ENOTCONN) size=null data=NULL tuple=NULL msgcontrol=NULL fd={stream}(<4>)", seen.Single(e => e.Type == "recvmsg").Args);
        Assert.All(seen.Where(e => e.Type is "sendto" or "sendmsg" or "recvmsg" or "recvfrom"), e => Assert.Null(e.Data));
    }

    private static void AssertTcp(SeenEvent.SeenFd fd, long number, SocketRole role, string name, string host, int clientPort, int serverPort, bool nameChanged)
    {
        Assert.Equal((number, name, "", "tcp", "ip", role), (fd.Num, fd.Name, fd.NameRaw, fd.L4Proto, fd.Family, fd.Role));
        Assert.Equal((host, clientPort, host, serverPort), (fd.ClientIp, fd.ClientPort, fd.ServerIp, fd.ServerPort));
        Assert.Equal((true, true, nameChanged), (fd.ClientIsLocal, fd.Connected, fd.NameChanged));
        Assert.Equal(host.Contains(':') ? ("ipv6", "6") : ("ipv4", "4"), (fd.Type, fd.TypeChar));
    }

    private static int AddressLength(int family) => family == Inet ? 16 : 28;

    private static byte[] Address(int family, string host, int port)
    {
        var address = new byte[28];
        address[0] = (byte)family;
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
        IPAddress.Parse(host).GetAddressBytes().CopyTo(address, family == Inet ? 4 : 8);
        return address;
    }

    private static byte[] UnixAddress(string path)
    {
        var address = new byte[110];
        address[0] = Unix;
        System.Text.Encoding.UTF8.GetBytes(path).CopyTo(address, 2);
        return address;
    }

    private static int Port(long socket)
    {
        var address = new byte[28];
        Assert.Equal(0, Sys.Call(GetSocketName, socket, address, new[] { 28 }));
        return address[2] << 8 | address[3];
    }

    // struct msghdr with one struct iovec.
    private static unsafe long Send(long socket, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            const int NoSignal = 0x4000;
            var vector = stackalloc nint[2] { (nint)start, bytes.Length };
            var message = stackalloc nint[7] { 0, 0, (nint)vector, 1, 0, 0, 0 };
            return Sys.Call(SendMessage, socket, (nint)message, NoSignal);
        }
    }

    private static unsafe long Receive(long socket, int length)
    {
        var buffer = stackalloc byte[length];
        var vector = stackalloc nint[2] { (nint)buffer, length };
        var message = stackalloc nint[7] { 0, 0, (nint)vector, 1, 0, 0, 0 };
        return Sys.Call(ReceiveMessage, socket, (nint)message, 0);
    }
}
