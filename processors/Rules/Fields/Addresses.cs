using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>IP addresses as 4 or 16 bytes in network order.</summary>
internal static class Addresses
{
    private static readonly Utf8 ZeroV4 = new(new byte[4], 0, 4);
    private static readonly Utf8 ZeroV6 = new(new byte[16], 0, 16);

    /// <summary>
    /// What <c>fd.ip</c> and its kin compare: both ends, the only one of a listening socket, and for a socket without
    /// a role the zero address with port 0 (measured on Falco 0.44.1).
    /// </summary>
    public static Endpoints Endpoints(bool v6, Utf8 client, Utf8 server, int clientPort, int serverPort)
    {
        if (client.IsNull && server.IsNull)
        {
            var zero = v6 ? ZeroV6 : ZeroV4;
            return new Endpoints(zero, zero, 0, 0);
        }

        return new Endpoints(client, server, client.IsNull ? -1 : clientPort, server.IsNull ? -1 : serverPort);
    }

    public static bool TryParse(string text, out Utf8 address)
    {
        address = default;

        // IPAddress takes "1" and "0x7f.1" too, which no rule means.
        if (!IPAddress.TryParse(text, out var ip) || text.Contains('%') || text.Contains('[')
            || (ip.AddressFamily == AddressFamily.InterNetwork && text.Split('.') is not { Length: 4 }))
        {
            return false;
        }

        address = Utf8.Copy(ip.GetAddressBytes());
        return true;
    }

    public static Utf8 Format(Utf8 address, Scratch scratch)
    {
        if (address.Length is not (4 or 16))
        {
            return default;
        }

        scratch.Begin();
        if (address.Length == 4)
        {
            for (var i = 0; i < 4; i++)
            {
                if (i > 0)
                {
                    scratch.Append((byte)'.');
                }

                scratch.Append((long)address.Span[i]);
            }
        }
        else
        {
            new IPAddress(address.Span).TryFormat(scratch.Reserve(64), out var written);
            scratch.Commit(written);
        }

        return scratch.End();
    }

    /// <summary>Whether the first <paramref name="bits"/> bits agree; false between IPv4 and IPv6.</summary>
    public static bool InNetwork(ReadOnlySpan<byte> address, ReadOnlySpan<byte> network, int bits)
    {
        if (address.Length != network.Length)
        {
            return false;
        }

        if (address.Length == 4)
        {
            var mask = bits == 0 ? 0u : uint.MaxValue << (32 - bits);
            return ((BinaryPrimitives.ReadUInt32BigEndian(address) ^ BinaryPrimitives.ReadUInt32BigEndian(network)) & mask) == 0;
        }

        var whole = bits / 8;
        var rest = bits % 8;
        return address[..whole].SequenceEqual(network[..whole])
            && (rest == 0 || (address[whole] ^ network[whole]) >> (8 - rest) == 0);
    }
}
