using System.Text;
using Syscribe.Capture.State;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

public sealed class ProcTests
{
    [Fact]
    public void Stat_with_parentheses_and_blanks_in_the_name()
    {
        var stat = ProcStat.Parse("42 (a) b (c)) S 7 42 42 34816 42 4194304 1 2 3 4 5 6 7 8 20 0 1 0 9876 1 2 3"u8);

        Assert.Equal(("a) b (c)", 7u, 34816u, 9876ul), (stat.Name.ToString(), stat.ParentPid, stat.Tty, stat.StartTicks));
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 no parentheses")]
    [InlineData("42 (short) S 1")]
    public void Stat_of_another_form_is_refused(string stat) =>
        Assert.Throws<FormatException>(() => ProcStat.Parse(Encoding.ASCII.GetBytes(stat)));

    [Fact]
    public void Status_gives_effective_ids_and_those_of_the_innermost_namespace()
    {
        var state = new ProcessState(42, 1);
        ProcStatus.Read(
            ["Name:\tx", "Uid:\t1\t2\t3\t4", "Gid:\t5\t6\t7\t8", "NSpid:\t42\t9\t1", "NSpgid:\t42\t3", "NSsid:\t42\t4", "CapInh:\t0000000000000001", "CapPrm:\t00000000000000ff", "CapEff:\t000001ffffffffff", "Groups:\t"],
            state);

        Assert.Equal((2u, 6u, 1, 3, 4), (state.Uid, state.Gid, state.VirtualPid, state.VirtualProcessGroupId, state.SessionId));
        Assert.Equal((1ul, 0xfful, 0x1ffffffffffUL), (state.CapInheritable, state.CapPermitted, state.CapEffective));
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\0", new[] { "a" })]
    [InlineData("a\0b c\0\0d", new[] { "a", "b c", "", "d" })]
    [InlineData("\0", new[] { "" })]
    public void Arguments_are_split_at_their_ends(string bytes, string[] texts) =>
        Assert.Equal(texts, NulSeparated.Split(Encoding.UTF8.GetBytes(bytes)).Select(text => text.ToString()));

    [Fact]
    public void This_process_reads_itself()
    {
        var state = new ProcFs(TimeProvider.System).Read((uint)Environment.ProcessId);

        Assert.NotNull(state);
        Assert.Equal(Environment.CurrentDirectory.TrimEnd('/') + "/", state.Cwd.ToString());
        Assert.Equal(Environment.ProcessPath, state.ExePath.ToString());
        Assert.Null(new ProcFs(TimeProvider.System).Read(uint.MaxValue));
    }

    [Fact]
    public void A_socket_from_before_is_found_with_its_role()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new System.Net.Sockets.TcpClient();
        client.Connect(System.Net.IPAddress.Loopback, port);
        using var server = listener.AcceptSocket();
        var clientPort = ((System.Net.IPEndPoint)client.Client.LocalEndPoint!).Port;
        var pid = (uint)Environment.ProcessId;
        var proc = new ProcFs(TimeProvider.System);

        SocketFd? Find(System.Net.Sockets.Socket socket) => proc.FindSocket(pid, proc.ReadFdLink(pid, socket.Handle) ?? "");
        var tuple = $"127.0.0.1:{clientPort}->127.0.0.1:{port}";
        Assert.Equal([(SocketRole.Listener, $"127.0.0.1:{port}", false), (SocketRole.Client, tuple, true), (SocketRole.Server, tuple, true)],
            new[] { Find(listener.Server), Find(client.Client), Find(server) }.Select(socket => (socket!.Role, socket.Name.ToString(), socket.Connected)));
        Assert.Null(proc.FindSocket(pid, "socket:[0]"));
        Assert.Null(proc.FindSocket(pid, "socket:"));
    }

    [Theory]
    [InlineData("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0", 12345, "127.0.0.1:8080")]
    [InlineData("   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 77 1", 77, "::1:8080")]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", 0, null)]
    [InlineData("", 0, null)]
    public void Lines_of_socket_tables(string line, ulong inode, string? local)
    {
        Assert.Equal(local is not null, SocketTables.TryParse(line, 1, out var number, out var entry));
        Assert.Equal((inode, local ?? ""), (local is null ? 0 : number, entry.Local.ToString()));
    }

    [Fact]
    public void Names_come_from_the_first_line_of_an_id()
    {
        var names = UserNames.Parse(["root:x:0:0:root:/root:/bin/sh", "toor:x:0:0::/:", "# comment", "", "bad:x", "bin:x:2:2:bin:/bin:/bin/sh", "big:x:99999999999:1::/:"]);

        Assert.Equal([(0u, "root"), (2u, "bin")], names.Select(pair => (pair.Key, pair.Value.ToString())).Order());
    }

    [Fact]
    public void Users_without_an_entry_are_not_available_and_zero_is_root()
    {
        var proc = Directory.CreateTempSubdirectory("syscribe-");
        try
        {
            var etc = Directory.CreateDirectory(Path.Combine(proc.FullName, "5/root/etc"));
            File.WriteAllText(Path.Combine(etc.FullName, "passwd"), "app:x:1000:1000::/:\n");
            File.WriteAllText(Path.Combine(etc.FullName, "group"), "staff:x:50:\n");
            var users = new UserNames(TimeProvider.System, proc.FullName);
            var container = Utf8.From("0123456789ab");

            Assert.Equal(
                ["app", "root", "<NA>", "staff", "<NA>", "<NONE>", "<NA>"],
                new[]
                {
                    users.User(1000, container, 5), users.User(0, container, 5), users.User(33, container, 5), users.Group(50, container, 5),
                    users.Group(1000, container, 5), users.UserParam(uint.MaxValue, container, 5), users.Login(-1, container, 5),
                }.Select(text => text.ToString()));
        }
        finally
        {
            proc.Delete(recursive: true);
        }
    }
}
