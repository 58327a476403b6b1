using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// A socket: who is client and who is server, as Falco decides it (<c>libsinsp/parsers.cpp</c>). The tuple is set by
/// connect, accept and bind, and learnt from the traffic of sockets without a connection.
/// </summary>
internal sealed class SocketFd(FdKind kind, int type, int protocol) : FdInfo(kind, Utf8.Empty, Utf8.Empty)
{
    private const int Stream = 1;
    private const int Datagram = 2;
    private const int Raw = 3;
    private const int IcmpProtocol = 1;
    private const int Icmp6Protocol = 58;

    private static readonly Utf8 Tcp = Utf8.From("tcp");
    private static readonly Utf8 Udp = Utf8.From("udp");
    private static readonly Utf8 Icmp = Utf8.From("icmp");
    private static readonly Utf8 RawText = Utf8.From("raw");
    private static readonly Utf8 None = Utf8.From("<NA>");
    private static readonly Utf8 Ip = Utf8.From("ip");
    private static readonly Utf8 UnixText = Utf8.From("unix");

    private readonly int _type = type & 0xf;
    private Utf8 _reversed;
    private Utf8 _clientIp;
    private Utf8 _serverIp;

    public SocketRole Role { get; private set; }

    public Endpoint Client { get; private set; }

    public Endpoint Server { get; private set; }

    /// <summary>Falco <c>fd.connected</c>.</summary>
    public bool Connected { get; set; }

    /// <summary>Of the last listen; 0 before.</summary>
    public int Backlog { get; set; }

    /// <summary>Kernel addresses of a unix socket's ends, as its name shows them.</summary>
    public (ulong Local, ulong Remote) UnixIds { get; private set; }

    /// <summary>Whether its peer cannot change between two transfers.</summary>
    public bool IsStream => _type == Stream;

    public override Utf8 L4Proto => !Kind.IsIp() || Role == SocketRole.None ? None : Protocol;

    public override Utf8 Family => Kind.IsIp() ? Ip : Kind == FdKind.Unix ? UnixText : default;

    protected override string ProtocolLetter =>
        !Kind.IsIp() || Role == SocketRole.None ? "" : ((char)Protocol.Span[0]).ToString(CultureInfo.InvariantCulture);

    private Utf8 Protocol => _type switch
    {
        Stream => Tcp,
        Datagram or Raw when protocol is IcmpProtocol or Icmp6Protocol => Icmp,
        Datagram => Udp,
        _ => RawText,
    };

    /// <summary>Gives it both ends.</summary>
    /// <returns>Whether its name changed.</returns>
    public bool Set(SocketRole role, Endpoint client, Endpoint server)
    {
        if (Role == role && Client.Equals(client) && Server.Equals(server))
        {
            return false;
        }

        Role = role;
        Client = client;
        Server = server;
        _reversed = default;
        _clientIp = client.OwnedAddress();
        _serverIp = server.OwnedAddress();
        if (!server.IsNone)
        {
            Kind = server.Length == 4 ? FdKind.IPv4 : FdKind.IPv6;
        }

        return ChangeName(role switch
        {
            SocketRole.None => "",
            SocketRole.Listener => server.ToString(),
            _ => $"{client}->{server}",
        });
    }

    /// <summary>Source and destination of a transfer, as Falco's <c>tuple</c> parameter; null where the ends are not known.</summary>
    public Utf8 Tuple(bool sends)
    {
        if (Role is SocketRole.None or SocketRole.Listener)
        {
            return UnixIds == default ? default : Name;
        }

        // What the client sends and the server receives runs from client to server, as the name does.
        return sends == (Role == SocketRole.Client) ? Name
            : _reversed.IsNull ? _reversed = Utf8.From($"{Server}->{Client}") : _reversed;
    }

    /// <summary>Names a unix socket.</summary>
    /// <returns>Whether its name changed.</returns>
    public bool SetUnix(ulong local, ulong remote, Utf8 path)
    {
        UnixIds = (local, remote);
        return ChangeName(Utf8.From(Invariant($"{local:x}->{remote:x} ")).Concat(path));
    }

    /// <summary>Gives a bound unix socket its path.</summary>
    /// <returns>Whether its name changed.</returns>
    public bool BindUnix(Utf8 path) => ChangeName(path.ToOwned());

    public override void Fill(Fd fd)
    {
        base.Fill(fd);
        fd.Connected = Connected;
        fd.Role = Role;
        if (Role == SocketRole.None)
        {
            return;
        }

        fd.ServerIp = _serverIp;
        fd.ServerPort = Server.Port;
        if (Role != SocketRole.Listener)
        {
            fd.ClientIp = _clientIp;
            fd.ClientPort = Client.Port;
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private bool ChangeName(string name) => ChangeName(Utf8.From(name));

    private bool ChangeName(Utf8 name)
    {
        var changed = name != Name;
        Rename(name);
        return changed;
    }
}
