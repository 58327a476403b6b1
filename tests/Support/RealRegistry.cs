using System.Globalization;

namespace Syscribe.Testing;

/// <summary>A real schema registry: the one at <c>SCHEMA_REGISTRY_URL</c>, else one started for the test class, in memory.</summary>
public sealed class RealRegistry : IAsyncDisposable
{
    /// <summary>Environment variable with the address of a registry to use.</summary>
    public const string UrlVariable = "SCHEMA_REGISTRY_URL";

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(120);

    private readonly ServerProcess? _process;

    private RealRegistry(string url, ServerProcess? process)
    {
        Url = url;
        _process = process;
    }

    /// <summary>Address for <c>schema.registry.url</c>.</summary>
    public string Url { get; }

    /// <summary>Starts it and waits until it answers. Ask <see cref="Prerequisites.Registry"/> first.</summary>
    public static async Task<RealRegistry> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(UrlVariable) is { Length: > 0 } given)
            return new RealRegistry(given, null);

        var script = Prerequisites.RegistryScript() ?? throw new InvalidOperationException(Prerequisites.Registry);
        var port = Ports.Free(1)[0];
        var url = $"http://127.0.0.1:{port}/apis/ccompat/v7";
        var process = ServerProcess.Start(script, [port.ToString(CultureInfo.InvariantCulture)]);
        try
        {
            using var http = new HttpClient();
            await process.UntilAsync(() => AnswersAsync(http, url + "/subjects"), ReadyWithin, "the schema registry answers");
            return new RealRegistry(url, process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private static async Task<bool> AnswersAsync(HttpClient http, string url)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(url));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
