using Grpc.Core;
using Grpc.Net.Client;
using Syscribe.Events;

namespace Syscribe.Containers.Cri;

/// <summary>
/// The Container Runtime Interface (runtime.v1): gRPC on a unix socket, as containerd and CRI-O serve it. Containers are
/// listed every <see cref="ListInterval"/>; where the runtime also streams its events, they are told at once.
/// </summary>
/// <remarks>
/// The list stays on beside the stream: containerd before 1.7 has no stream, and CRI-O's is silent unless it is configured.
/// A container that is not listed yet is found when its first process asks for it.
/// </remarks>
internal sealed class CriRuntime : IContainerRuntime
{
    public static readonly TimeSpan ListInterval = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel;
    private readonly RuntimeService.RuntimeServiceClient _runtime;
    private readonly ImageService.ImageServiceClient _images;
    private readonly TimeProvider _time;
    private string _name = "containerd";

    public CriRuntime(string path, TimeProvider time)
    {
        _time = time;
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = UnixSocket.Handler(path),
            DisposeHttpClient = true,
        });
        _runtime = new RuntimeService.RuntimeServiceClient(_channel);
        _images = new ImageService.ImageServiceClient(_channel);
    }

    /// <inheritdoc />
    public async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        var version = await AskAsync(token => _runtime.VersionAsync(new VersionRequest(), cancellationToken: token), cancellationToken)
            ?? throw new RuntimeException("Version: not found; is this a CRI socket?");
        _name = version.RuntimeName;
        return $"{version.RuntimeName} {version.RuntimeVersion}";
    }

    /// <inheritdoc />
    public async Task<ContainerInfo?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            token => _runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = id, Verbose = true }, cancellationToken: token),
            cancellationToken);
        if (answer?.Status is not { } status)
        {
            // A pod's own container, which holds its namespaces, is none of its containers.
            var pod = await PodAsync(id, cancellationToken);
            return pod is null ? null : CriMapping.Sandbox(pod, _name);
        }

        var verbose = CriMapping.Verbose(answer.Info);
        var sandbox = CriMapping.NamesPod(status.Labels) || verbose.SandboxId is null ? null : await PodAsync(verbose.SandboxId, cancellationToken);
        return CriMapping.Container(status, await ImageAsync(status, cancellationToken), sandbox, verbose.Privileged, _name);
    }

    /// <inheritdoc />
    public async Task WatchAsync(IContainerWatcher watcher, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stream = StreamAsync(watcher, ending.Token);
        try
        {
            while (true)
            {
                await watcher.ListedAsync(await ListAsync(ending.Token), ending.Token);
                var pause = Task.Delay(ListInterval, _time, ending.Token);
                await (stream.IsCompletedSuccessfully ? pause : await Task.WhenAny(stream, pause));
            }
        }
        finally
        {
            await ending.CancelAsync();
            await ((Task)stream).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _channel.Dispose();

    // Ends by itself where the runtime has no such stream.
    private async Task StreamAsync(IContainerWatcher watcher, CancellationToken cancellationToken)
    {
        try
        {
            using var events = _runtime.GetContainerEvents(new GetEventsRequest(), cancellationToken: cancellationToken);
            await foreach (var told in events.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (told.ContainerEventType == ContainerEventType.ContainerDeletedEvent)
                {
                    watcher.Gone(told.ContainerId);
                }
                else if (told.ContainerEventType != ContainerEventType.ContainerStoppedEvent)
                {
                    await watcher.ChangedAsync(told.ContainerId, cancellationToken);
                }
            }
        }
        catch (RpcException lacking) when (lacking.StatusCode == StatusCode.Unimplemented)
        {
        }
        catch (RpcException broken) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RuntimeException($"GetContainerEvents: {UnixSocket.Reason(broken)}", broken);
        }
    }

    private async Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken)
    {
        var containers = await AskAsync(token => _runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: token), cancellationToken);
        var pods = await AskAsync(token => _runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: token), cancellationToken);
        return
        [
            .. (containers?.Containers ?? []).Where(static c => c.State != ContainerState.ContainerExited).Select(static c => c.Id),
            .. (pods?.Items ?? []).Where(static p => p.State == PodSandboxState.SandboxReady).Select(static p => p.Id),
        ];
    }

    private async Task<PodSandboxStatus?> PodAsync(string id, CancellationToken cancellationToken) =>
        (await AskAsync(token => _runtime.PodSandboxStatusAsync(new PodSandboxStatusRequest { PodSandboxId = id }, cancellationToken: token), cancellationToken))?.Status;

    private async Task<Image?> ImageAsync(ContainerStatus status, CancellationToken cancellationToken)
    {
        var image = status.ImageRef.Length > 0 ? status.ImageRef : status.Image?.Image ?? "";
        return image.Length == 0 ? null : (await AskAsync(
            token => _images.ImageStatusAsync(new ImageStatusRequest { Image = new ImageSpec { Image = image } }, cancellationToken: token),
            cancellationToken))?.Image;
    }

    // Null: the runtime has none.
    private static async Task<T?> AskAsync<T>(Func<CancellationToken, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(UnixSocket.AnswerWithin);
        try
        {
            return await ask(patience.Token);
        }
        catch (RpcException none) when (none.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException failure)
        {
            var reason = failure.StatusCode == StatusCode.Cancelled ? new OperationCanceledException() : (Exception)failure;
            throw new RuntimeException(
                failure.StatusCode == StatusCode.Unimplemented ? "it serves no CRI v1: containerd before 1.6, or its CRI plugin is disabled" : UnixSocket.Reason(reason),
                failure);
        }
    }
}
