using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Syscribe.Kafka;

/// <summary>
/// A schema registry in this process, on loopback, with the REST API of Confluent's: subjects, versions, ids,
/// compatibility (BACKWARD by default, checked by Avro's rules) and error codes. For local use and tests: it is in memory,
/// knows Avro without references only, and asks nobody for a password.
/// </summary>
/// <remarks>Thread safe. At most <see cref="Workers"/> requests are under way; further ones wait in the socket's queue.</remarks>
public sealed class EmbeddedRegistry : IDisposable
{
    /// <summary>Requests answered at the same time.</summary>
    public const int Workers = 4;

    /// <summary>Longest request body; longer ones get status 413.</summary>
    public const int MostBodyBytes = 1 << 20;

    private const string ContentType = "application/vnd.schemaregistry.v1+json";
    private const int PortTries = 20;

    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpListener _listener;
    private readonly RegistryRoutes _routes = new(new RegistryStore());
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;

    private EmbeddedRegistry(HttpListener listener, int port)
    {
        _listener = listener;
        Port = port;
        Url = $"http://127.0.0.1:{port}";
        _workers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(ServeAsync))];
    }

    /// <summary>Address for <c>schema.registry.url</c>.</summary>
    public string Url { get; }

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>Starts a registry on 127.0.0.1.</summary>
    /// <param name="port">TCP port; 0 for one that the system chooses.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static EmbeddedRegistry Start(int port = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        // HttpListener cannot choose a port, so one is chosen for it, which another may take in between.
        for (var tries = 1; ; tries++)
        {
            var candidate = port == 0 ? FreePort() : port;
            try
            {
                return new EmbeddedRegistry(Listen(candidate), candidate);
            }
            catch (HttpListenerException) when (port == 0 && tries < PortTries)
            {
            }
            catch (HttpListenerException e)
            {
                throw new IOException($"schema registry: cannot listen on 127.0.0.1:{candidate}: {e.Message}. Stop what listens there, or choose another port.", e);
            }
        }
    }

    /// <summary>Ends the registry: requests under way are cut off.</summary>
    public void Dispose()
    {
        // Closing the listener is not enough: a wait for a request that begins meanwhile would never end.
        _stop.Cancel();
        _listener.Close();
        Task.WaitAll(_workers);
    }

    // Requests are told apart by the host that they name, and people write both.
    private static HttpListener Listen(int port) => HttpListeners.Start($"http://127.0.0.1:{port}/", $"http://localhost:{port}/");

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext request;
            try
            {
                request = await _listener.GetContextAsync().WaitAsync(_stop.Token);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                continue;
            }

            await AnswerAsync(request);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var (status, json) = await JudgeAsync(context.Request);
            var bytes = Encoding.UTF8.GetBytes(json.ToJsonString(Relaxed));
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = ContentType;
            context.Response.ContentLength64 = bytes.Length;

            // HttpListener ends a connection after 15 s of silence, at times just when the next request is on its way: a POST
            // is lost then, and a client does not send it again by itself.
            context.Response.KeepAlive = false;
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away, or was too slow: there is nobody to tell.
            context.Response.Abort();
        }
    }

    private async Task<(HttpStatusCode Status, JsonNode Json)> JudgeAsync(HttpListenerRequest request)
    {
        try
        {
            var path = (request.RawUrl ?? "/").Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
            var body = await ReadBodyAsync(request);
            var answer = _routes.Answer(request.HttpMethod, [.. path.Select(Uri.UnescapeDataString)], name => request.QueryString[name], body);
            return (HttpStatusCode.OK, answer);
        }
        catch (RegistryException e)
        {
            return (e.Status, Error(e.Code, e.Message));
        }
        catch (JsonException e)
        {
            return (HttpStatusCode.BadRequest, Error(400, $"the body is not JSON: {e.Message}"));
        }
    }

    private static async Task<JsonNode?> ReadBodyAsync(HttpListenerRequest request)
    {
        if (!request.HasEntityBody)
            return null;

        using var timeout = new CancellationTokenSource(BodyTimeout);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.InputStream.ReadAsync(buffer, timeout.Token)) != 0)
        {
            // Read to its end all the same: who still writes cannot read the answer.
            body.Write(buffer, 0, body.Length > MostBodyBytes ? 0 : read);
        }

        if (body.Length > MostBodyBytes)
            throw new RegistryException(413, $"the body is longer than {MostBodyBytes} bytes");

        return body.Length == 0 ? null : JsonNode.Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private static JsonObject Error(int code, string message) => new() { ["error_code"] = code, ["message"] = message };
}
