using System.Buffers.Binary;
using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// Sockets that were open before the capture began, by inode number: <c>/proc/PID/net/{tcp,udp,raw,unix}</c> (proc(5)),
/// kept for a few seconds per network namespace.
/// </summary>
internal sealed class SocketTables(TimeProvider time, string proc = "/proc")
{
    private const int Stream = 1;
    private const int Datagram = 2;
    private const int Raw = 3;
    private const int Listening = 10;
    private const int MaxNamespaces = 256;

    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (long ReadAt, Dictionary<ulong, Entry> Sockets)> _tables = [];

    /// <summary>The socket behind a link <c>socket:[INODE]</c>; null where the tables lack it.</summary>
    public SocketFd? Find(uint tgid, string link)
    {
        if (link.Split('[', ']') is not [_, var text, _] || !ulong.TryParse(text, CultureInfo.InvariantCulture, out var inode))
        {
            return null;
        }

        return Read(tgid).TryGetValue(inode, out var entry) ? Make(entry) : null;
    }

    /// <summary>Reads one line of a tcp, udp or raw table; false for headings.</summary>
    internal static bool TryParse(string line, int type, out ulong inode, out Entry entry)
    {
        // sl: local remote st tx:rx tr:when retrnsmt uid timeout inode ...; a connection that waits for its end has inode 0.
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        entry = default;
        inode = 0;
        if (fields.Length < 10 || !ulong.TryParse(fields[9], CultureInfo.InvariantCulture, out inode) || inode == 0
            || !TryEndpoint(fields[1], out var local) || !TryEndpoint(fields[2], out var remote)
            || !int.TryParse(fields[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var state))
        {
            return false;
        }

        entry = new Entry(type, local, remote, type == Stream && state == Listening, default);
        return true;
    }

    private static SocketFd Make(Entry entry)
    {
        if (entry.Local.IsNone)
        {
            var unix = new SocketFd(FdKind.Unix, entry.Type, 0) { Connected = entry.Type == Stream && entry.Path.IsNull };
            unix.BindUnix(entry.Path.IsNull ? Utf8.Empty : entry.Path);
            return unix;
        }

        var socket = new SocketFd(entry.Local.Length == 4 ? FdKind.IPv4 : FdKind.IPv6, entry.Type, 0) { Connected = entry.Remote.Port != 0 };
        if (entry.Remote.Port == 0)
        {
            socket.Set(entry.Local.Port == 0 ? SocketRole.None : SocketRole.Listener, default, entry.Local.Port == 0 ? default : entry.Local);
        }
        else if (entry.IsServer)
        {
            socket.Set(SocketRole.Server, entry.Remote, entry.Local);
        }
        else
        {
            socket.Set(SocketRole.Client, entry.Local, entry.Remote);
        }

        return socket;
    }

    // HEX:PORT; the address is words in the machine's byte order.
    private static bool TryEndpoint(string text, out Endpoint endpoint)
    {
        endpoint = default;
        if (text.Split(':') is not [{ Length: 8 or 32 } address, var port] || !int.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var bytes = Convert.FromHexString(address);
        for (var word = 0; word < bytes.Length; word += 4)
        {
            // Printed as numbers: the bytes in memory are those of the machine's order.
            var value = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(word));
            BitConverter.TryWriteBytes(bytes.AsSpan(word), value);
        }

        endpoint = new Endpoint(bytes, number);
        return true;
    }

    private Dictionary<ulong, Entry> Read(uint tgid)
    {
        var space = LinkOf(tgid);
        if (_tables.TryGetValue(space, out var table) && time.GetElapsedTime(table.ReadAt) < KeepFor)
        {
            return table.Sockets;
        }

        if (_tables.Count >= MaxNamespaces)
        {
            _tables.Clear();
        }

        var sockets = ReadTables(tgid);
        _tables[space] = (time.GetTimestamp(), sockets);
        return sockets;
    }

    private Dictionary<ulong, Entry> ReadTables(uint tgid)
    {
        var sockets = new Dictionary<ulong, Entry>();
        ReadOnlySpan<(string Name, int Type)> tables =
            [("tcp", Stream), ("tcp6", Stream), ("udp", Datagram), ("udp6", Datagram), ("raw", Raw), ("raw6", Raw)];
        foreach (var (name, type) in tables)
        {
            foreach (var line in Lines(tgid, name))
            {
                if (TryParse(line, type, out var inode, out var entry))
                {
                    sockets[inode] = entry;
                }
            }
        }

        MarkServers(sockets);
        foreach (var line in Lines(tgid, "unix"))
        {
            // Num RefCount Protocol Flags Type St Inode Path
            var fields = line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 7 && ulong.TryParse(fields[6], CultureInfo.InvariantCulture, out var inode)
                && int.TryParse(fields[4], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var type))
            {
                sockets[inode] = new Entry(type, default, default, IsServer: false, fields.Length > 7 ? Utf8.From(fields[7]) : default);
            }
        }

        return sockets;
    }

    // A connection on a port that is listened on was accepted there.
    private static void MarkServers(Dictionary<ulong, Entry> sockets)
    {
        var listening = sockets.Values.Where(entry => entry.IsServer).Select(entry => entry.Local.Port).ToHashSet();
        foreach (var (inode, entry) in sockets.ToList())
        {
            sockets[inode] = entry with { IsServer = entry.Type == Stream && listening.Contains(entry.Local.Port) };
        }
    }

    private IEnumerable<string> Lines(uint tgid, string table)
    {
        try
        {
            return File.ReadAllLines($"{proc}/{tgid}/net/{table}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private string LinkOf(uint tgid)
    {
        try
        {
            return new FileInfo($"{proc}/{tgid}/ns/net").LinkTarget ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    internal readonly record struct Entry(int Type, Endpoint Local, Endpoint Remote, bool IsServer, Utf8 Path);
}
