using System.Net.Sockets;

namespace Syscribe.Containers;

/// <summary>HTTP over a unix socket.</summary>
internal static class UnixSocket
{
    /// <summary>How long a runtime may take for one answer.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    /// <summary>A handler whose every connection goes to the socket, whatever the address says.</summary>
    public static SocketsHttpHandler Handler(string path) => new()
    {
        UseProxy = false,
        UseCookies = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>The innermost message, which is the kernel's where there is one.</summary>
    public static string Reason(Exception failure) => failure.GetBaseException() switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied: run as root, or as a member of the socket's group",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused: nothing listens",
        OperationCanceledException => $"no answer within {AnswerWithin.TotalSeconds:0} s",
        var inner => inner.Message,
    };
}
