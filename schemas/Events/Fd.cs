namespace Syscribe.Events;

/// <summary>Role of the acting process on a socket. Order is the Avro enum's.</summary>
public enum SocketRole
{
    /// <summary>Unknown, or not a socket.</summary>
    None,

    /// <summary>It connected.</summary>
    Client,

    /// <summary>It accepted.</summary>
    Server,

    /// <summary>Bound: a single end point, in the server address.</summary>
    Listener,
}

/// <summary>The descriptor that an event makes, uses or destroys; field meanings in <c>syscall-event.avsc</c>.</summary>
public sealed class Fd
{
    public long Num { get; set; }

    /// <summary>Falco <c>fd.type</c>; null where the descriptor is unknown.</summary>
    public Utf8 Type { get; set; }

    public Utf8 TypeChar { get; set; }

    public Utf8 Name { get; set; }

    public Utf8 NameRaw { get; set; }

    public Utf8 L4Proto { get; set; }

    public Utf8 Family { get; set; }

    public SocketRole Role { get; set; }

    /// <summary>4 or 16 bytes in network order, or null.</summary>
    public Utf8 ClientIp { get; set; }

    public int? ClientPort { get; set; }

    /// <summary>4 or 16 bytes in network order, or null.</summary>
    public Utf8 ServerIp { get; set; }

    public int? ServerPort { get; set; }

    /// <summary>True: local = client. False: local = server. Null: listening or role-less.</summary>
    public bool? ClientIsLocal { get; set; }

    public bool Connected { get; set; }

    public bool NameChanged { get; set; }

    /// <summary>Takes over all of another, texts as copies of its own.</summary>
    internal void CopyFrom(Fd other)
    {
        Num = other.Num;
        Type = other.Type.ToOwned();
        TypeChar = other.TypeChar.ToOwned();
        Name = other.Name.ToOwned();
        NameRaw = other.NameRaw.ToOwned();
        L4Proto = other.L4Proto.ToOwned();
        Family = other.Family.ToOwned();
        Role = other.Role;
        ClientIp = other.ClientIp.ToOwned();
        ClientPort = other.ClientPort;
        ServerIp = other.ServerIp.ToOwned();
        ServerPort = other.ServerPort;
        ClientIsLocal = other.ClientIsLocal;
        Connected = other.Connected;
        NameChanged = other.NameChanged;
    }

    /// <summary>Makes it as new.</summary>
    public void Clear()
    {
        Num = 0;
        Type = TypeChar = Name = NameRaw = L4Proto = Family = ClientIp = ServerIp = default;
        Role = SocketRole.None;
        ClientPort = ServerPort = null;
        ClientIsLocal = null;
        Connected = NameChanged = false;
    }
}
