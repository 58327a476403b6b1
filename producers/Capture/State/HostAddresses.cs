using System.Net.NetworkInformation;
using Syscribe.Capture.Text;

namespace Syscribe.Capture.State;

/// <summary>The addresses of this host's interfaces, read again every 30 seconds.</summary>
internal sealed class HostAddresses(TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private Utf8Table<bool> _addresses = new(capacity: 65536);
    private long _readAt;

    /// <summary>Whether an address, of 4 or 16 bytes in network order, belongs to this host.</summary>
    public bool Contains(ReadOnlySpan<byte> address)
    {
        if (_readAt == 0 || time.GetElapsedTime(_readAt) > Every)
        {
            Read();
        }

        return _addresses.TryGet(address, out _);
    }

    private void Read()
    {
        _readAt = time.GetTimestamp();
        var addresses = new Utf8Table<bool>(capacity: 65536);
        foreach (var networkInterface in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (var unicast in networkInterface.GetIPProperties().UnicastAddresses)
            {
                addresses.Set(unicast.Address.GetAddressBytes(), true);
            }
        }

        _addresses = addresses;
    }
}
