using System.Globalization;
using Syscribe.Events;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Evaluation;

/// <summary>An IPv4 or IPv6 network, or a single address.</summary>
internal readonly record struct Network(Utf8 Address, int Bits)
{
    public static bool AnyContains(Network[] networks, Utf8 address)
    {
        if (address.IsNull)
        {
            return false;
        }

        foreach (var network in networks)
        {
            if (Addresses.InNetwork(address.Span, network.Address.Span, network.Bits))
            {
                return true;
            }
        }

        return false;
    }

    public static bool TryParseAddress(string text, out Network network)
    {
        var parsed = Addresses.TryParse(text, out var address);
        network = new Network(address, address.Length * 8);
        return parsed;
    }

    /// <summary>An IPv4 network needs its prefix length; an IPv6 one may leave it away, and may not have 0.</summary>
    public static bool TryParseNetwork(string text, out Network network)
    {
        network = default;
        var slash = text.IndexOf('/');
        if (!Addresses.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var v6 = address.Length == 16;
        if (slash < 0)
        {
            network = new Network(address, 128);
            return v6;
        }

        var valid = int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            && bits <= address.Length * 8 && (!v6 || bits >= 1);
        network = new Network(address, bits);
        return valid;
    }
}
