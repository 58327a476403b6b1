using System.Net;
using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

public sealed class SocketRoleTests
{
    private const int Socket = 41;
    private const int Connect = 42;
    private const int SendTo = 44;
    private const int ReceiveFrom = 45;
    private const int Bind = 49;
    private const int Inet = 2;
    private const int Inet6 = 10;
    private const int Stream = 1;
    private const int Datagram = 2;

    [Theory]
    [InlineData(0, true)]
    [InlineData(-115, true)]
    [InlineData(-111, false)]
    public void Connect_makes_a_client_when_it_succeeds_or_is_under_way(long result, bool connected)
    {
        var machine = With(Inet, Stream);
        var made = machine.Event(new RecordBuilder(Connect, result).Args(3).Block(BlockKind.Sockaddr, Address("10.0.0.9", 443), 1).Block(BlockKind.Socket, Ends("10.0.0.1", 5000, "10.0.0.9", 443)));

        Assert.Equal((connected, connected, connected ? SocketRole.Client : SocketRole.None), (made.Fd.Connected, made.Fd.NameChanged, made.Fd.Role));
        Assert.Equal(connected ? "10.0.0.1:5000->10.0.0.9:443" : "", made.Fd.Name.ToString());
        Assert.Equal(connected ? "tcp" : "<NA>", made.Fd.L4Proto.ToString());
        Assert.Equal(connected ? true : null, made.Fd.ClientIsLocal);
    }

    [Fact]
    public void Connecting_to_no_family_dissolves_the_tuple()
    {
        var machine = With(Inet, Datagram);
        machine.Event(new RecordBuilder(Connect).Args(3).Block(BlockKind.Sockaddr, Address("10.0.0.9", 53), 1).Block(BlockKind.Socket, Ends("10.0.0.1", 5000, "10.0.0.9", 53, Datagram)));
        var made = machine.Event(new RecordBuilder(Connect).Args(3).Block(BlockKind.Sockaddr, new byte[16], 1).Block(BlockKind.Socket, Ends("10.0.0.1", 5000, "0.0.0.0", 0, Datagram)));

        Assert.Equal(("", SocketRole.None, false, true), (made.Fd.Name.ToString(), made.Fd.Role, made.Fd.Connected, made.Fd.NameChanged));
    }

    [Fact]
    public void A_v4_address_through_a_v6_socket_is_v4()
    {
        var machine = With(Inet6, Stream);
        var made = machine.Event(new RecordBuilder(Connect).Args(3)
            .Block(BlockKind.Sockaddr, Address("::ffff:10.0.0.9", 80), 1)
            .Block(BlockKind.Socket, Ends("::ffff:10.0.0.1", 5000, "::ffff:10.0.0.9", 80)));

        Assert.Equal(("ipv4", "4", "10.0.0.1:5000->10.0.0.9:80"), (made.Fd.Type.ToString(), made.Fd.TypeChar.ToString(), made.Fd.Name.ToString()));
        Assert.Equal(4, made.Fd.ServerIp.Length);
    }

    [Fact]
    public void A_datagram_clients_peer_may_change_with_each_send()
    {
        var machine = With(Inet, Datagram);
        SyscallEvent Send(string host) => machine.Event(new RecordBuilder(SendTo, 4).Args(3, 1, 4, 0, 1, 16)
            .Block(BlockKind.Sockaddr, Address(host, 53), 4).Block(BlockKind.Socket, Ends("0.0.0.0", 5000, "0.0.0.0", 0, Datagram)).Block(BlockKind.Data, "ping"));

        var names = new[] { "10.0.0.1", "10.0.0.1", "10.0.0.2" }.Select(host =>
        {
            var made = Send(host);
            return (made.Fd.Name.ToString(), made.Fd.NameChanged, made.Fd.Connected, made.Fd.Role);
        });
        Assert.Equal(
            [
                ("0.0.0.0:5000->10.0.0.1:53", true, true, SocketRole.Client),
                ("0.0.0.0:5000->10.0.0.1:53", false, true, SocketRole.Client),
                ("0.0.0.0:5000->10.0.0.2:53", true, true, SocketRole.Client),
            ],
            names);
    }

    [Fact]
    public void A_bound_datagram_socket_that_receives_is_the_server()
    {
        var machine = With(Inet, Datagram);
        var bind = machine.Event(new RecordBuilder(Bind).Args(3).Block(BlockKind.Sockaddr, Address("0.0.0.0", 53), 1));
        Assert.Equal((SocketRole.Listener, "0.0.0.0:53"), (bind.Fd.Role, bind.Fd.Name.ToString()));

        RecordBuilder Receive() => new RecordBuilder(ReceiveFrom, 4).Args(3, 1, 64, 0, 1, 1)
            .Block(BlockKind.Sockaddr, Address("10.0.0.7", 4444), 4).Block(BlockKind.Socket, Ends("0.0.0.0", 53, "0.0.0.0", 0, Datagram)).Block(BlockKind.Data, "ping");
        var first = machine.Event(Receive());
        Assert.Equal((SocketRole.Server, "10.0.0.7:4444->0.0.0.0:53", false, true), (first.Fd.Role, first.Fd.Name.ToString(), first.Fd.Connected, first.Fd.NameChanged));
        var second = machine.Event(Receive());
        Assert.Equal((true, false), (second.Fd.Connected, second.Fd.NameChanged));

        var answer = machine.Event(new RecordBuilder(SendTo, 4).Args(3, 1, 4, 0, 1, 16)
            .Block(BlockKind.Sockaddr, Address("10.0.0.7", 4444), 4).Block(BlockKind.Socket, Ends("0.0.0.0", 53, "0.0.0.0", 0, Datagram)).Block(BlockKind.Data, "pong"));
        Assert.Equal("res=4 data=pong fd=3(<4u>10.0.0.7:4444->0.0.0.0:53) size=4 tuple=0.0.0.0:53->10.0.0.7:4444", Machine.Print(answer));
    }

    [Fact]
    public void A_socket_that_nothing_told_of_is_made_from_what_the_kernel_says()
    {
        var made = new Machine().Event(new RecordBuilder(SendTo, 4).Args(9, 1, 4).Block(BlockKind.Socket, Ends("10.0.0.1", 5000, "10.0.0.9", 443)).Block(BlockKind.Data, "ping"));

        Assert.Equal(("10.0.0.1:5000->10.0.0.9:443", SocketRole.Client, "tcp"), (made.Fd.Name.ToString(), made.Fd.Role, made.Fd.L4Proto.ToString()));
    }

    [Fact]
    public void A_copy_of_a_socket_sees_what_happens_to_the_other()
    {
        const int Dup = 32;
        var machine = With(Inet, Stream);
        machine.Event(new RecordBuilder(Dup, 8).Args(3));
        machine.Event(new RecordBuilder(Connect).Args(3).Block(BlockKind.Sockaddr, Address("10.0.0.9", 443), 1).Block(BlockKind.Socket, Ends("10.0.0.1", 5000, "10.0.0.9", 443)));

        Assert.Equal("10.0.0.1:5000->10.0.0.9:443", machine.State.Tree.Find(100)!.Fds[8]!.Name.ToString());
    }

    [Theory]
    [InlineData(Datagram, 1, "icmp")]
    [InlineData(3, 1, "icmp")]
    [InlineData(3, 255, "raw")]
    [InlineData(Datagram, 0, "udp")]
    [InlineData(Stream, 0, "tcp")]
    public void The_protocol_comes_of_type_and_number(int type, int protocol, string name)
    {
        var socket = new SocketFd(FdKind.IPv4, type, protocol);
        Assert.Equal("<NA>", socket.L4Proto.ToString());
        socket.Set(SocketRole.Client, new Endpoint([1, 2, 3, 4], 1), new Endpoint([5, 6, 7, 8], 2));

        Assert.Equal(name, socket.L4Proto.ToString());
        Assert.Equal($"<4{name[0]}>1.2.3.4:1->5.6.7.8:2", socket.Display.ToString());
    }

    [Theory]
    [InlineData("\u0001\0/run/x.sock\0\0", "/run/x.sock")]
    [InlineData("\u0001\0\0abstract", "@abstract")]
    [InlineData("\u0001\0", "")]
    [InlineData("\u0002\0\0\u0050\u0001\u0002\u0003\u0004", "1.2.3.4:80")]
    [InlineData("\u0002\0\0\u0050\u0001\u0002", "NULL")]
    [InlineData("\u0002", "NULL")]
    [InlineData("", "NULL")]
    [InlineData("\u0011\0\0\0\0\0\0\0", "NULL")]
    public void Addresses_of_any_shape_and_length_have_a_text(string bytes, string text) =>
        Assert.Equal(text, Calls.SocketAddress.Text(System.Text.Encoding.Latin1.GetBytes(bytes)).ToString());

    private static Machine With(int family, int type)
    {
        var machine = new Machine();
        machine.Event(new RecordBuilder(Socket, 3).Args(family, type, 0));
        return machine;
    }

    private static byte[] Address(string host, int port)
    {
        var ip = IPAddress.Parse(host).GetAddressBytes();
        var address = new byte[ip.Length == 4 ? 16 : 28];
        address[0] = (byte)(ip.Length == 4 ? Inet : Inet6);
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
        ip.CopyTo(address, ip.Length == 4 ? 4 : 8);
        return address;
    }

    private static SocketBlock Ends(string local, int localPort, string remote, int remotePort, int type = Stream)
    {
        var block = new SocketBlock { Type = (ushort)type, LocalPort = (ushort)localPort, RemotePort = (ushort)remotePort };
        var (from, to) = (IPAddress.Parse(local).GetAddressBytes(), IPAddress.Parse(remote).GetAddressBytes());
        block.Family = (ushort)(from.Length == 4 ? Inet : Inet6);
        from.CopyTo(block.Local);
        to.CopyTo(block.Remote);
        return block;
    }
}
