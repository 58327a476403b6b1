using System.Net;
using System.Text;
using Prometheus;
using Syscribe.Kafka;

namespace Syscribe.Worker;

/// <summary>
/// <c>/healthz</c> (200 while the process works), <c>/readyz</c> (200 when it does its job, else 503 and the reason) and
/// <c>/metrics</c> (Prometheus text). One request at a time.
/// </summary>
internal sealed class HttpEndpoint : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly CollectorRegistry _metrics;
    private readonly Func<string?> _notReady;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <param name="port">TCP port, on all addresses.</param>
    /// <param name="metrics">What <c>/metrics</c> shows.</param>
    /// <param name="notReady">Why it is not ready; null when it is.</param>
    /// <exception cref="UserErrorException">The port cannot be opened.</exception>
    public HttpEndpoint(int port, CollectorRegistry metrics, Func<string?> notReady)
    {
        _metrics = metrics;
        _notReady = notReady;
        try
        {
            _listener = HttpListeners.Start($"http://*:{port}/");
        }
        catch (HttpListenerException e)
        {
            throw new UserErrorException($"listen on port {port} for /healthz, /readyz and /metrics: {e.Message}; choose another with --metrics-port", e);
        }

        _serving = Task.Run(ServeAsync);
    }

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
            try
            {
                var context = await _listener.GetContextAsync().WaitAsync(_stop.Token);
                await AnswerAsync(context.Request, context.Response);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or OperationCanceledException)
            {
                // The client went away, or this ends.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        using var _ = response;
        switch (request.Url?.AbsolutePath)
        {
            case "/healthz":
                await WriteAsync(response, 200, "ok\n");
                break;
            case "/readyz":
                var reason = _notReady();
                await WriteAsync(response, reason is null ? 200 : 503, reason is null ? "ready\n" : reason + "\n");
                break;
            case "/metrics":
                using (var text = new MemoryStream())
                {
                    await _metrics.CollectAndExportAsTextAsync(text);
                    response.ContentType = PrometheusConstants.TextContentType;
                    text.Position = 0;
                    await text.CopyToAsync(response.OutputStream);
                }

                break;
            default:
                await WriteAsync(response, 404, "there is /healthz, /readyz and /metrics\n");
                break;
        }
    }

    private static async Task WriteAsync(HttpListenerResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}
