using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Syscribe.Containers.Tests;

/// <summary>Speaks as much of Docker's HTTP as is asked for, on a unix socket: containers are what the test says they are.</summary>
internal sealed class FakeDocker : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sdkr-").FullName;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<string, string> _answers = new();
    private readonly ConcurrentBag<NetworkStream> _events = [];
    private readonly ConcurrentBag<Task> _served = [];
    private readonly Task _accepting;

    public FakeDocker(string version = """{"Version":"27.1","Components":[{"Name":"Engine"}]}""")
    {
        _answers["/version"] = version;
        _answers["/containers/json"] = "[]";
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Path => System.IO.Path.Combine(_folder, "docker.sock");

    /// <summary>What was asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>While it is not completed, no container is told.</summary>
    public TaskCompletionSource Answers { get; set; } = Completed();

    public int Watchers => _events.Count;

    public static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    public void Add(string id, string name, string image = "nginx:1.27", string startedAt = "2026-01-02T03:04:05.123456700Z", bool privileged = false)
    {
        var json = $$$"""
            {"Id":"{{{id}}}","Name":"/{{{name}}}","Image":"sha256:feed","State":{"StartedAt":"{{{startedAt}}}"},
             "Config":{"Image":"{{{image}}}","Labels":{"io.kubernetes.pod.name":"pod-{{{name}}}","tier":"é"}},
             "HostConfig":{"Privileged":{{{(privileged ? "true" : "false")}}}},
             "Mounts":[{"Type":"bind","Source":"/srv","Destination":"/data","Mode":"ro","RW":false,"Propagation":"rprivate"}]}
            """;
        _answers[$"/containers/{id}/json"] = _answers[$"/containers/{id[..12]}/json"] = json;
        _answers["/images/sha256%3Afeed/json"] = """{"RepoTags":["nginx:1.27"],"RepoDigests":["nginx@sha256:abcd"]}""";
        _answers["/containers/json"] = "[" + string.Join(',', _answers.Keys.Where(key => key.Length > 70).Select(key => $"{{\"Id\":\"{key[12..76]}\"}}")) + "]";
    }

    public async Task TellAsync(string action, string id)
    {
        var line = Encoding.UTF8.GetBytes($$$"""{"Type":"container","Action":"{{{action}}}","Actor":{"ID":"{{{id}}}"}}""" + "\n");
        foreach (var stream in _events)
        {
            await stream.WriteAsync(Chunk(line));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_served);
        Directory.Delete(_folder, recursive: true);
        _stopping.Dispose();
    }

    private static byte[] Chunk(byte[] bytes) => [.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, .. "\r\n"u8];

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _served.Add(ServeAsync(await _listener.AcceptAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        try
        {
            while (await reader.ReadLineAsync(_stopping.Token) is { } request)
            {
                while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 })
                {
                }

                var path = request.Split(' ')[1];
                Asked.Enqueue(path);
                await AnswerAsync(stream, path);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The client or the test has ended.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, string path)
    {
        if (path.StartsWith("/events", StringComparison.Ordinal))
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), _stopping.Token);
            _events.Add(stream);
            return;
        }

        if (path.StartsWith("/containers/", StringComparison.Ordinal) && path != "/containers/json")
        {
            await Answers.Task.WaitAsync(_stopping.Token);
        }

        var (status, body) = _answers.TryGetValue(path, out var found) ? ("200 OK", found) : ("404 Not Found", """{"message":"no such thing"}""");
        var bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {bytes.Length}\r\n\r\n"), _stopping.Token);
        await stream.WriteAsync(bytes, _stopping.Token);
    }
}
