using System.Net;
using System.Text;
using Prometheus;
using Syscribe.Kafka;

namespace Syscribe.Agent.Health;

/// <summary>
/// <c>/healthz</c> (the process works), <c>/readyz</c> (events are read and the cluster answers; else 503 with the reason)
/// and <c>/metrics</c> (Prometheus text) on all addresses of one port.
/// </summary>
internal sealed class HealthEndpoint : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly CollectorRegistry _metrics;
    private readonly Func<string?> _unready;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <summary>Listens.</summary>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="metrics">What <c>/metrics</c> serves.</param>
    /// <param name="unready">Why the agent is not ready; null if it is.</param>
    /// <exception cref="AgentException">The port is in use or may not be used.</exception>
    public HealthEndpoint(int port, CollectorRegistry metrics, Func<string?> unready)
    {
        _metrics = metrics;
        _unready = unready;
        try
        {
            _listener = HttpListeners.Start($"http://*:{port}/");
        }
        catch (HttpListenerException refused)
        {
            throw new AgentException(
                $"Listen on port {port} for health and metrics failed: {refused.Message}. Choose another with --metrics-port, or leave the option out.",
                refused);
        }

        _serving = ServeAsync();
    }

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        // Closing the listener is not enough: a wait for a request that begins meanwhile would never end.
        await _stop.CancelAsync();
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().WaitAsync(_stop.Token);
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context.Request.Url?.AbsolutePath, context.Response);
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
            {
                // The client went away; it is the one that minds.
            }
        }
    }

    private async Task AnswerAsync(string? path, HttpListenerResponse response)
    {
        using (response)
        {
            switch (path)
            {
                case "/metrics":
                    response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
                    await _metrics.CollectAndExportAsTextAsync(response.OutputStream);
                    break;
                case "/healthz":
                    await WriteAsync(response, HttpStatusCode.OK, "ok");
                    break;
                case "/readyz":
                    var reason = _unready();
                    await WriteAsync(response, reason is null ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, reason ?? "ready");
                    break;
                default:
                    await WriteAsync(response, HttpStatusCode.NotFound, "/healthz, /readyz and /metrics are here.");
                    break;
            }
        }
    }

    private static async Task WriteAsync(HttpListenerResponse response, HttpStatusCode status, string text)
    {
        response.StatusCode = (int)status;
        response.ContentType = "text/plain; charset=utf-8";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
