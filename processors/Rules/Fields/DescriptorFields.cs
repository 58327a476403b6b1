using Syscribe.Events;
using static Syscribe.Rules.Fields.FieldDefinition;

namespace Syscribe.Rules.Fields;

/// <summary>Fields of the event's descriptor: <c>fd.*</c>. Missing for events without one.</summary>
internal static class DescriptorFields
{
    private static readonly Utf8 Slash = Utf8.From("/");
    private static readonly Utf8 Ip = Utf8.From("ip");
    private static readonly Utf8 UnixFamily = Utf8.From("unix");
    private static readonly Utf8 NotAvailable = Utf8.From("<NA>");

    public static IReadOnlyList<Field> All { get; } =
    [
        Number("fd.num", FieldType.Int, "Descriptor number; -1 where a call that makes one failed.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.Fd.Num, out v) && s.Event.HasFd),
        Of("fd.type", "file, directory, ipv4, ipv6, unix, pipe, event, signalfd, eventpoll, inotify, timerfd, netlink, bpf, userfaultfd, io_uring, memfd, pidfd ...", fd => fd.Type),
        Of("fd.typechar", "f file, 4 ipv4, 6 ipv6, u unix, p pipe, e event, s signalfd, l eventpoll, i inotify, t timerfd, n netlink, b bpf, r io_uring, m memfd, P pidfd, d directory, o other.", fd => fd.TypeChar),
        Of("fd.name", "Absolute normalised path, or client->server, or ip:port of a listening socket.", fd => fd.Name),
        Of("fd.nameraw", "Path as the process passed it.", fd => fd.NameRaw),
        Of("fd.directory", "Directory of fd.name, for files; of a directory itself.", Directory),
        Of("fd.filename", "Last component of fd.name, for regular files that are open.", FileName),
        Of("fd.containername", "Container id and fd.name, joined by a colon.", null, ContainerName),
        Of("fd.containerdirectory", "Container id and fd.directory, joined by a colon.", null, ContainerDirectory),
        Of("fd.l4proto", "tcp, udp, icmp or raw; the text <NA> for other descriptors.", fd => fd.Type.IsNull ? default : fd.L4Proto.IsNull ? NotAvailable : fd.L4Proto),
        Of("fd.sockfamily", "ip or unix.", fd => Is(fd, "ipv4"u8) || Is(fd, "ipv6"u8) ? Ip : Is(fd, "unix"u8) ? UnixFamily : default),
        End("fd.cip", "Client address.", fd => fd.ClientIp),
        End("fd.sip", "Server address.", fd => fd.ServerIp),
        End("fd.lip", "Local address.", fd => fd.ClientIsLocal is { } local ? local ? fd.ClientIp : fd.ServerIp : default),
        End("fd.rip", "Remote address.", fd => fd.ClientIsLocal is { } local ? local ? fd.ServerIp : fd.ClientIp : default),
        Both("fd.ip", FieldType.Ip, "Either address; != wants both to differ."),
        Port("fd.cport", "Client port.", fd => fd.ClientPort),
        Port("fd.sport", "Server port.", fd => fd.ServerPort),
        Port("fd.lport", "Local port.", fd => fd.ClientIsLocal is { } local ? local ? fd.ClientPort : fd.ServerPort : null),
        Port("fd.rport", "Remote port.", fd => fd.ClientIsLocal is { } local ? local ? fd.ServerPort : fd.ClientPort : null),
        Both("fd.port", FieldType.Port, "Either port; != wants both to differ."),
        End("fd.cnet", "Client address, compared with networks.", fd => fd.ClientIp, FieldType.Net),
        End("fd.snet", "Server address, compared with networks.", fd => fd.ServerIp, FieldType.Net),
        End("fd.lnet", "Local address, compared with networks.", fd => fd.ClientIsLocal is { } local ? local ? fd.ClientIp : fd.ServerIp : default, FieldType.Net),
        End("fd.rnet", "Remote address, compared with networks.", fd => fd.ClientIsLocal is { } local ? local ? fd.ServerIp : fd.ClientIp : default, FieldType.Net),
        Both("fd.net", FieldType.Net, "Either address, compared with networks; != wants both outside."),
        Domain("fd.cip.name", "Domain name of the client address.", fd => fd.ClientIp),
        Domain("fd.sip.name", "Domain name of the server address.", fd => fd.ServerIp),
        Domain("fd.lip.name", "Domain name of the local address.", fd => fd.ClientIsLocal is { } local ? local ? fd.ClientIp : fd.ServerIp : default),
        Domain("fd.rip.name", "Domain name of the remote address.", fd => fd.ClientIsLocal is { } local ? local ? fd.ServerIp : fd.ClientIp : default),
        Switch("fd.is_server", "Whether the process accepts on this socket.", fd => fd.Role is SocketRole.Server or SocketRole.Listener),
        Switch("fd.connected", "Whether the socket is connected or has carried data.", fd => fd.Connected),
        Switch("fd.name_changed", "Whether this event changed the name.", fd => fd.NameChanged),
        new()
        {
            Name = "fd.types",
            Type = FieldType.Text,
            Description = "Types of the process's descriptors; an event carries its own one only, also as fd.types[number].",
            Argument = ArgumentRule.OptionalIndex,
            List = ListSemantics.Set,
            ReadText = Types,
        },
    ];

    /// <summary>What is before the last slash; / for names without one, and for names below it.</summary>
    internal static Utf8 DirectoryOf(Utf8 name)
    {
        var slash = name.Span.LastIndexOf((byte)'/');
        return slash <= 0 ? Slash
            : slash == name.Length - 1 ? name
            : name.Slice(0, slash);
    }

    /// <summary>What is behind the last slash; the whole name where that is nothing.</summary>
    internal static Utf8 FileNameOf(Utf8 name)
    {
        var slash = name.Span.LastIndexOf((byte)'/');
        return slash < 0 ? Slash
            : slash == name.Length - 1 ? name
            : name.Slice(slash + 1, name.Length - slash - 1);
    }

    private static bool Is(Fd fd, ReadOnlySpan<byte> type) => fd.Type.Span.SequenceEqual(type);

    private static Utf8 Directory(Fd fd) =>
        fd.Name.IsNull ? default
        : fd.Type.IsNull || Is(fd, "file"u8) ? DirectoryOf(fd.Name)
        : Is(fd, "directory"u8) ? fd.Name
        : default;

    private static Utf8 FileName(Fd fd) => Is(fd, "file"u8) && !fd.Name.IsNull ? FileNameOf(fd.Name) : default;

    private static bool Types(SyscallFields s, FieldRef field, out Utf8 value)
    {
        // An item of the whole list, or the descriptor with that number.
        var wanted = field.ListOwner is not null ? field.Index == 0 : field.Index == s.Event.Fd.Num;
        value = s.Event.HasFd && wanted ? s.Event.Fd.Type : default;
        return !value.IsNull;
    }

    private static bool ContainerName(SyscallFields s, FieldRef _, out Utf8 value) => InContainer(s, s.Event.Fd.Name, out value);

    private static bool ContainerDirectory(SyscallFields s, FieldRef _, out Utf8 value) => InContainer(s, Directory(s.Event.Fd), out value);

    private static bool InContainer(SyscallFields s, Utf8 name, out Utf8 value)
    {
        value = default;
        if (!s.Event.HasFd || name.IsNull || s.Event.Process is not { } process)
        {
            return false;
        }

        s.Scratch.Begin();
        s.Scratch.Append(process.ContainerId.Span);
        s.Scratch.Append((byte)':');
        s.Scratch.Append(name.Span);
        value = s.Scratch.End();
        return true;
    }

    private static Field Of(string name, string description, Func<Fd, Utf8>? read, Field.TextReader? whole = null) =>
        Text(name, description, whole ?? ((SyscallFields s, FieldRef _, out Utf8 v) =>
            Set(s.Event.HasFd && read is not null ? read(s.Event.Fd) : default, out v)));

    private static Field Switch(string name, string description, Func<Fd, bool> read) =>
        Flag(name, description, (SyscallFields s, FieldRef _, out long v) => Set(read(s.Event.Fd), out v) && s.HasDescriptor);

    private static Field Port(string name, string description, Func<Fd, int?> read) =>
        Number(name, FieldType.Port, description, (SyscallFields s, FieldRef _, out long v) =>
        {
            var port = s.Event.HasFd ? read(s.Event.Fd) : null;
            v = port ?? 0;
            return port.HasValue;
        });

    private static Field End(string name, string description, Func<Fd, Utf8> read, FieldType type = FieldType.Ip) =>
        Address(name, description, (SyscallFields s, FieldRef _, out Utf8 v) => Set(s.Event.HasFd ? read(s.Event.Fd) : default, out v), type);

    private static Field Both(string name, FieldType type, string description) =>
        new() { Name = name, Type = type, Description = description, BothEnds = true };

    private static Field Domain(string name, string description, Func<Fd, Utf8> read) => new()
    {
        Name = name,
        Type = FieldType.Text,
        Description = description,
        IsDomain = true,
        ReadAddress = (SyscallFields s, FieldRef _, out Utf8 v) => Set(s.Event.HasFd ? read(s.Event.Fd) : default, out v),
        ReadText = (SyscallFields s, FieldRef _, out Utf8 v) =>
        {
            v = default;
            return s.Event.HasFd && s.Resolver is { } resolver && read(s.Event.Fd) is { IsNull: false } address && resolver.TryGetName(address, out v);
        },
    };
}
