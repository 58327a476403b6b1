using System.Buffers.Binary;
using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Syscribe.Containers.Cri;

namespace Syscribe.Containers.Tests;

/// <summary>Speaks CRI's gRPC on a unix socket: HTTP/2 without TLS, length-prefixed messages, the status in a trailer.</summary>
internal sealed class FakeCri : IAsyncDisposable
{
    private const int NotFound = 5;
    private const int Unimplemented = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("scri-").FullName;
    private readonly Channel<ContainerEventResponse> _events = Channel.CreateBounded<ContainerEventResponse>(16);
    private readonly WebApplication _server;

    private FakeCri()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Path, listen => listen.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public string Path => System.IO.Path.Combine(_folder, "crio.sock");

    public Dictionary<string, ContainerStatusResponse> Containers { get; } = [];

    /// <summary>Whether events are streamed; else the call is unimplemented, as in containerd 1.6.</summary>
    public bool Streams { get; init; } = true;

    public bool IsWatched { get; private set; }

    public static async Task<FakeCri> StartAsync(bool streams = true)
    {
        var server = new FakeCri { Streams = streams };
        await server._server.StartAsync();
        return server;
    }

    public ValueTask TellAsync(ContainerEventType type, string id) =>
        _events.Writer.WriteAsync(new ContainerEventResponse { ContainerEventType = type, ContainerId = id });

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        var request = await ReadAsync(context.Request);
        var method = context.Request.Path.Value!.Split('/')[^1];
        if (method == "GetContainerEvents" && Streams)
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            IsWatched = true;
            await foreach (var told in _events.Reader.ReadAllAsync(context.RequestAborted))
            {
                await WriteAsync(context.Response, told);
            }
        }

        var answer = Answer(method, request);
        if (answer is not null)
        {
            await WriteAsync(context.Response, answer);
        }

        var status = answer is not null ? 0 : method is "ContainerStatus" or "PodSandboxStatus" ? NotFound : Unimplemented;
        context.Response.AppendTrailer("grpc-status", $"{status}");
    }

    private IMessage? Answer(string method, byte[] request) => method switch
    {
        "Version" => new VersionResponse { RuntimeName = "cri-o", RuntimeVersion = "1.31.0" },
        "ListContainers" => new ListContainersResponse { Containers = { Containers.Keys.Select(id => new Container { Id = id }) } },
        "ListPodSandbox" => new ListPodSandboxResponse(),
        "ContainerStatus" => Containers.GetValueOrDefault(
            Containers.Keys.FirstOrDefault(id => id.StartsWith(ContainerStatusRequest.Parser.ParseFrom(request).ContainerId, StringComparison.Ordinal)) ?? ""),
        "ImageStatus" => new ImageStatusResponse
        {
            Image = new Image { Id = "sha256:feed", RepoTags = { "quay.io/app:3" }, RepoDigests = { "quay.io/app@sha256:abcd" } },
        },
        _ => null,
    };

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray()[5..];
    }

    private static async Task WriteAsync(HttpResponse response, IMessage message)
    {
        var bytes = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), message.CalculateSize());
        message.WriteTo(bytes.AsSpan(5));
        await response.Body.WriteAsync(bytes);
        await response.Body.FlushAsync();
    }
}
