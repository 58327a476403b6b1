using System.Net;
using System.Text.Json;
using Syscribe.Events;

namespace Syscribe.Containers.Docker;

/// <summary>
/// Docker's interface (Engine API 1.24 and newer, and Podman's image of it): JSON over HTTP on a unix socket. The stream
/// of <c>/events</c> tells of each container when it is created, which is before it runs.
/// </summary>
internal sealed class DockerRuntime(string path) : IContainerRuntime
{
    // {"type":["container"]}
    private const string Events = "/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D";

    private readonly HttpClient _client = new(UnixSocket.Handler(path))
    {
        BaseAddress = new Uri("http://localhost"),
        Timeout = Timeout.InfiniteTimeSpan, // Each question has its own; the stream has none.
    };

    private string _name = "docker";

    /// <inheritdoc />
    public async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        using var version = await GetAsync("/version", cancellationToken) ?? throw new RuntimeException("GET /version: not found; is this Docker's socket?");
        var root = version.RootElement;
        var engine = root.TryGetProperty("Components", out var parts) && parts.ValueKind == JsonValueKind.Array && parts.GetArrayLength() > 0
            ? DockerJson.Text(parts[0], "Name") : "";
        _name = engine.Contains("podman", StringComparison.OrdinalIgnoreCase) ? "podman" : "docker";
        return $"{_name} {DockerJson.Text(root, "Version")}";
    }

    /// <inheritdoc />
    public async Task<ContainerInfo?> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var container = await GetAsync($"/containers/{Uri.EscapeDataString(id)}/json", cancellationToken);
        if (container is null)
        {
            return null;
        }

        using var image = DockerJson.Text(container.RootElement, "Image") is { Length: > 0 } imageId
            ? await GetAsync($"/images/{Uri.EscapeDataString(imageId)}/json", cancellationToken)
            : null;
        return DockerJson.Container(container.RootElement, image?.RootElement, _name);
    }

    /// <inheritdoc />
    public async Task WatchAsync(IContainerWatcher watcher, CancellationToken cancellationToken)
    {
        try
        {
            // The stream is open before the list is asked for, so that nothing is made unseen between the two.
            using var response = await _client.GetAsync(Events, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            response.EnsureSuccessStatusCode();
            using (var list = await GetAsync("/containers/json", cancellationToken) ?? throw new RuntimeException("GET /containers/json: not found"))
            {
                await watcher.ListedAsync([.. list.RootElement.EnumerateArray().Select(static c => DockerJson.Text(c, "Id"))], cancellationToken);
            }

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                await TellAsync(line, watcher, cancellationToken);
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException or InvalidOperationException)
        {
            throw new RuntimeException(UnixSocket.Reason(broken), broken);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static async ValueTask TellAsync(string line, IContainerWatcher watcher, CancellationToken cancellationToken)
    {
        using var told = JsonDocument.Parse(line);
        if (!told.RootElement.TryGetProperty("Actor", out var actor) || DockerJson.Text(actor, "ID") is not { Length: > 0 } id)
        {
            return;
        }

        switch (DockerJson.Text(told.RootElement, "Action"))
        {
            case "create" or "start" or "rename" or "update":
                await watcher.ChangedAsync(id, cancellationToken);
                break;
            case "destroy" or "remove":
                watcher.Gone(id);
                break;
        }
    }

    // Null: 404.
    private async Task<JsonDocument?> GetAsync(string address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(UnixSocket.AnswerWithin);
        try
        {
            using var response = await _client.GetAsync(address, patience.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            response.EnsureSuccessStatusCode();
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            return await JsonDocument.ParseAsync(body, cancellationToken: patience.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new RuntimeException($"GET {address}: {UnixSocket.Reason(failure)}", failure);
        }
    }
}
