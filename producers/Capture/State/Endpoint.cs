using System.Net;
using Syscribe.Capture.Records;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>An IP address and port. The address is 4 or 16 bytes in network order.</summary>
internal readonly struct Endpoint : IEquatable<Endpoint>
{
    private readonly AddressBytes _address;

    public Endpoint(ReadOnlySpan<byte> address, int port)
    {
        // ::ffff:a.b.c.d is IPv4 spoken through an IPv6 socket.
        if (address.Length == 16 && IsMapped(address))
        {
            address = address[12..];
        }

        address.CopyTo(_address);
        Length = (byte)address.Length;
        Port = port;
    }

    /// <summary>Bytes of the address: 4, 16, or 0 where there is none.</summary>
    public byte Length { get; }

    public int Port { get; }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ReadOnlySpan<byte> Address => ((ReadOnlySpan<byte>)_address)[..Length];

    public bool IsNone => Length == 0;

    public bool Equals(Endpoint other) => Port == other.Port && Address.SequenceEqual(other.Address);

    public override bool Equals(object? obj) => obj is Endpoint other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Port, Length);

    /// <summary><c>1.2.3.4:80</c>, or <c>::1:80</c> as Falco prints it, without brackets.</summary>
    public override string ToString() => IsNone ? "" : $"{new IPAddress(Address)}:{Port}";

    /// <summary>The address in an array of its own.</summary>
    public Utf8 OwnedAddress() => IsNone ? default : Utf8.Copy(Address);

    private static bool IsMapped(ReadOnlySpan<byte> address) =>
        address[..10].IndexOfAnyExcept((byte)0) < 0 && address[10] == 0xff && address[11] == 0xff;
}
