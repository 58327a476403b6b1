using System.Buffers.Binary;
using Syscribe.Capture.State;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>A struct sockaddr as the process passed it.</summary>
internal static class SocketAddress
{
    public const int Unix = 1;
    public const int IPv4 = 2;
    public const int IPv6 = 10;

    /// <summary>Its family; 0 (AF_UNSPEC) where there is none.</summary>
    public static int Family(ReadOnlySpan<byte> address) => address.Length < 2 ? 0 : BitConverter.ToUInt16(address);

    /// <summary>The IP end point; none for other families and for cut addresses.</summary>
    public static Endpoint Endpoint(ReadOnlySpan<byte> address) => Family(address) switch
    {
        IPv4 when address.Length >= 8 => new Endpoint(address.Slice(4, 4), BinaryPrimitives.ReadUInt16BigEndian(address[2..])),
        IPv6 when address.Length >= 24 => new Endpoint(address.Slice(8, 16), BinaryPrimitives.ReadUInt16BigEndian(address[2..])),
        _ => default,
    };

    /// <summary>Path of a unix address; an abstract name begins with <c>@</c>, as ss(8) shows it. Null for other families.</summary>
    public static Utf8 UnixPath(ReadOnlySpan<byte> address) => Family(address) == Unix ? UnixName(address[2..]) : default;

    /// <summary>A unix name as the kernel keeps it: a path, or a leading NUL and an abstract name.</summary>
    public static Utf8 UnixName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[0] != 0)
        {
            var end = name.IndexOf((byte)0);
            return Utf8.Copy(end < 0 ? name : name[..end]);
        }

        var rest = name[1..].TrimEnd((byte)0);
        return rest.IsEmpty ? Utf8.Empty : Utf8.From("@").Concat(Utf8.Copy(rest));
    }

    /// <summary>As a parameter shows it: <c>1.2.3.4:80</c>, a path, or <c>NULL</c>.</summary>
    public static Utf8 Text(ReadOnlySpan<byte> address)
    {
        var path = UnixPath(address);
        var endpoint = Endpoint(address);
        return !path.IsNull ? path : endpoint.IsNone ? Call.Null : Utf8.From(endpoint.ToString());
    }
}
