using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary>Sockets, descriptors, 32-bit calls and io_uring.</summary>
[Collection(KernelCollection.Name)]
public sealed class NetworkRecordTests : IDisposable
{
    private const int Accept4 = 288;
    private const int TcpEstablished = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-network-").FullName;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_connection_has_both_ends_on_both_sides(string address)
    {
        Assert.SkipUnless(address != "::1" || Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var capture = RawCapture.Start(prepare: bpf => RawCapture.Describe(bpf, Native.Connect, 1, RawCapture.ArgSockaddr));
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var server = (IPEndPoint)listener.LocalEndpoint;
        using var client = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

        client.Connect(server);
        using var accepted = listener.AcceptSocket();

        var local = (IPEndPoint)client.LocalEndPoint!;
        var connect = capture.Next(record => IsOwn(record, Native.Connect) && record.UInt16(Block.Socket, 42) == server.Port);
        Assert.Equal((local, server), Ends(connect));
        Assert.Equal(TcpEstablished, connect.UInt16(Block.Socket, 6));
        var given = connect.Data(Block.Sockaddr, 1);
        Assert.Equal(server.Port, BinaryPrimitives.ReadUInt16BigEndian(given.AsSpan(2)));
        Assert.Equal(server.Address, new IPAddress(address == "::1" ? given.AsSpan(8, 16) : given.AsSpan(4, 4)));
        var accept = capture.Next(record => IsOwn(record, Accept4) && record.Return >= 0);
        Assert.Equal((server, local), Ends(accept));
    }

    [Fact]
    public void An_address_that_the_call_writes_is_there_only_when_it_succeeded()
    {
        using var capture = RawCapture.Start(prepare: bpf => RawCapture.Describe(bpf, Accept4, 1, RawCapture.ArgSockaddr));
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Assert.Throws<SocketException>(listener.Accept);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);

        using var accepted = listener.Accept();

        RawRecord Accept(Func<long, bool> result) => capture.Next(
            record => record.Tgid == Environment.ProcessId && record.Number == Accept4 && record.Kind == RawRecord.Syscall && result(record.Return));
        Assert.False(Accept(result => result == -11).Has(Block.Sockaddr, 1)); // EAGAIN
        var peer = Accept(result => result >= 0).Data(Block.Sockaddr, 1);
        Assert.Equal(((IPEndPoint)client.LocalEndPoint!).Port, BinaryPrimitives.ReadUInt16BigEndian(peer.AsSpan(2)));
    }

    [Fact]
    public void Sent_and_received_bytes_come_with_their_socket()
    {
        using var capture = RawCapture.Start();
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(receiver.LocalEndPoint!);

        sender.Send("a datagram"u8);
        receiver.Receive(new byte[100]);

        var sent = capture.Next(record => IsOwn(record) && record.Return == 10 && record.Has(Block.Data));
        Assert.Equal("a datagram", sent.Text(Block.Data));
        Assert.Equal(17, sent.UInt16(Block.Socket, 4)); // IPPROTO_UDP
        Assert.Equal((IPEndPoint)receiver.LocalEndPoint!, Ends(sent).Remote);
        var received = capture.Next(record => IsOwn(record) && record.Return == 10 && record.Has(Block.Data));
        Assert.Equal("a datagram", received.Text(Block.Data));
    }

    [Fact]
    public void Message_headers_are_followed_to_the_address_and_the_first_buffer()
    {
        _ = Native.CallsProgram;
        using var capture = RawCapture.Start();

        var (id, _) = Native.RunCalls("messages");

        foreach (var number in (int[])[46, 307]) // sendmsg, sendmmsg
        {
            var record = capture.Next(record => record.Tgid == id && record.Number == number);
            Assert.Equal("first", record.Text(Block.Data));
            Assert.Equal([2, 0, 0, 9, 127, 0, 0, 1], record.Data(Block.Sockaddr, 1)[..8]);
            Assert.True(record.Has(Block.Socket));
        }

        Assert.Equal("first", capture.Next(record => record.Tgid == id && record.Number == 20).Text(Block.Data)); // writev
    }

    [Fact]
    public void Unix_sockets_have_their_path_and_identities_that_match()
    {
        using var capture = RawCapture.Start();
        var path = Path.Combine(_folder, "socket");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        client.Connect(new UnixDomainSocketEndPoint(path));
        using var accepted = listener.Accept();

        var connect = capture.Next(record => IsOwn(record, Native.Connect) && record.Has(Block.Unix) && record.Text(Block.Unix) == path);
        var accept = capture.Next(record => IsOwn(record, Accept4) && record.Return >= 0);
        Assert.Equal(path, accept.Text(Block.Unix));
        Assert.Equal(connect.Int64(Block.Socket, 48), accept.Int64(Block.Socket, 56));
        Assert.Equal(connect.Int64(Block.Socket, 56), accept.Int64(Block.Socket, 48));
        Assert.NotEqual(0, connect.Int64(Block.Socket, 48));
    }

    [Fact]
    public void An_abstract_unix_address_keeps_its_leading_nul()
    {
        using var capture = RawCapture.Start();
        var name = $"\0syscribe-{Environment.ProcessId}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        listener.Bind(new UnixDomainSocketEndPoint(name));

        Assert.Equal(name, capture.Next(record => IsOwn(record, 49) && record.Has(Block.Unix)).Text(Block.Unix));
    }

    [Fact]
    public void Pairs_of_descriptors_are_the_ones_that_the_program_got()
    {
        _ = Native.CallsProgram;
        using var capture = RawCapture.Start();

        var (id, output) = Native.RunCalls("descriptors");

        var expected = output.Split(' ').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var pipe = capture.Next(record => record.Tgid == id && record.Number == 293);
        var sockets = capture.Next(record => record.Tgid == id && record.Number == 53);
        Assert.Equal<int[]>(expected, [pipe.Int32(Block.FdPair, 0), pipe.Int32(Block.FdPair, 4), sockets.Int32(Block.FdPair, 0), sockets.Int32(Block.FdPair, 4)]);
    }

    [Fact]
    public void Calls_through_the_32_bit_gate_keep_their_own_numbers_and_socketcall_is_unfolded()
    {
        Native.SkipWithout32BitCalls();
        var path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "text");
        using var capture = RawCapture.Start(prepare: bpf =>
        {
            RawCapture.Describe(bpf, RawCapture.CompatBase + 5, 0, RawCapture.ArgString);
            RawCapture.Describe(bpf, RawCapture.CompatBase + 362, 1, RawCapture.ArgSockaddr);
        });

        var (id, _) = Native.RunCalls("compat", path);

        var open = capture.Next(record => Compat(record, id, 5));
        Assert.Equal(path, open.Text(Block.String));
        Assert.True(open.Has(Block.File));
        var socket = capture.Next(record => Compat(record, id, 359));
        Assert.Equal([2, 2, 0, 0, 0, 0], socket.Args);
        var connect = capture.Next(record => Compat(record, id, 362));
        Assert.Equal(socket.Return, connect.Args[0]);
        Assert.Equal(9, connect.UInt16(Block.Socket, 42));
        Assert.Equal([2, 0, 0, 9, 127, 0, 0, 1], connect.Data(Block.Sockaddr, 1)[..8]);
    }

    [Fact]
    public void Io_uring_operations_arrive_with_their_arguments_and_paths()
    {
        _ = Native.CallsProgram;
        using var capture = RawCapture.Start();
        Assert.SkipUnless(capture.Bpf.Program("io_uring_submit").Autoload, "This kernel has no io_uring_submit_req tracepoint (Linux 6.4).");

        var (id, _) = Native.RunCalls("uring", _folder);

        RawRecord Operation(int code) => capture.Next(record => record.Kind == RawRecord.IoUring && record.Tgid == id && record.Number == code);
        var open = Operation(18);
        Assert.Equal("made", open.Text(Block.String, 1));
        Assert.Equal((0x42L, 0x1a0L), (open.Args[2] & 0xfff, open.Args[3])); // O_CREAT, O_RDWR; 0640
        var directory = open.Args[0];
        var openHow = Operation(28);
        Assert.Equal("made", openHow.Text(Block.String, 1));
        Assert.Equal(4, BitConverter.ToInt64(openHow.Data(Block.How, 2), 16)); // RESOLVE_NO_SYMLINKS
        var link = Operation(39);
        Assert.Equal(("made", "linked"), (link.Text(Block.String, 1), link.Text(Block.String, 3)));
        Assert.Equal((directory, directory), (link.Args[0], link.Args[2]));
        var symlink = Operation(38);
        Assert.Equal(("made", "symlink"), (symlink.Text(Block.String, 0), symlink.Text(Block.String, 2)));
        Assert.Equal(directory, symlink.Args[1]);
        var rename = Operation(35);
        Assert.Equal(("linked", "renamed"), (rename.Text(Block.String, 1), rename.Text(Block.String, 3)));
        var mkdir = Operation(37);
        Assert.Equal(("folder", 0x1c0L), (mkdir.Text(Block.String, 1), mkdir.Args[2])); // 0700
        var unlink = Operation(36);
        Assert.Equal(("renamed", directory), (unlink.Text(Block.String, 1), unlink.Args[0]));
        var connect = Operation(16);
        Assert.Equal([2, 0, 0, 9, 127, 0, 0, 1], connect.Data(Block.Sockaddr, 1)[..8]);
        Assert.Equal(connect.Args[0], Operation(19).Args[0]);
        Assert.Equal(["folder", "made", "symlink"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsOwn(RawRecord record, int? number = null) =>
        record.Tgid == Environment.ProcessId && record.Kind == RawRecord.Syscall && (number is null || record.Number == number)
        && record.Has(Block.Socket);

    private static bool Compat(RawRecord record, int id, int number) =>
        record.Tgid == id && record.Number == number && (record.Flags & RawRecord.Compat32) != 0;

    private static (IPEndPoint Local, IPEndPoint Remote) Ends(RawRecord record)
    {
        var bytes = record.Data(Block.Socket);
        var length = record.UInt16(Block.Socket, 0) == 2 ? 4 : 16;
        return (
            new IPEndPoint(new IPAddress(bytes.AsSpan(8, length)), record.UInt16(Block.Socket, 40)),
            new IPEndPoint(new IPAddress(bytes.AsSpan(24, length)), record.UInt16(Block.Socket, 42)));
    }
}
