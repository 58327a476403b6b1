using System.Net;
using System.Net.Sockets;
using Syscribe.Testing;

namespace Syscribe.Kafka.Tests;

public sealed class HttpListenersTests
{
    // One start in some hundreds meets a client between the port's opening and the first accept.
    [Fact]
    public async Task A_client_that_connects_while_it_starts_does_no_harm()
    {
        var port = Ports.Free(1)[0];
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() => Connect(port, stop.Token), TaskCreationOptions.LongRunning)).ToArray();

        try
        {
            for (var i = 0; i < 5000; i++)
            {
                using var listener = HttpListeners.Start($"http://*:{port}/");
                Assert.True(listener.IsListening);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(clients);
        }
    }

    [Fact]
    public void A_port_in_use_is_an_error()
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();

        Assert.Throws<HttpListenerException>(() => HttpListeners.Start($"http://*:{((IPEndPoint)other.LocalEndpoint).Port}/"));
    }

    private static void Connect(int port, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
            }
            catch (SocketException)
            {
                // Between two listeners.
            }
        }
    }
}
