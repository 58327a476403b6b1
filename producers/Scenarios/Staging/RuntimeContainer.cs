using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Syscribe.Scenarios.Staging.Cri;

namespace Syscribe.Scenarios.Staging;

/// <summary>
/// A privileged container of containerd, made in Kubernetes' place. The pod and the image bear the run's id, by which they
/// are found again when all is removed.
/// </summary>
internal static class RuntimeContainer
{
    private const string RunLabel = "syscribe.scenario/run";

    // As the kubelet has it: each container has process ids of its own. The node's network needs no plugin.
    private const int OfContainer = 1;
    private const int OfNode = 2;

    /// <summary>Longest time for one call.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>The image's name for the run.</summary>
    public static string ImageOf(string run) => $"localhost/syscribe-scenario:{run}";

    /// <summary>
    /// Runs a command of the imported image to its end. Null or the reason why it failed. Stopped between two calls: one whose
    /// caller goes away is still under way in the runtime, and what it makes is listed when <see cref="Remove"/> has looked.
    /// </summary>
    public static string? Play(string socket, string name, string run, IEnumerable<string> command, CancellationToken stop)
    {
        using var channel = Open(socket);
        var runtime = new RuntimeService.RuntimeServiceClient(channel);
        CallOptions Next()
        {
            stop.ThrowIfCancellationRequested();
            return Deadline();
        }

        try
        {
            var pod = new PodSandboxConfig
            {
                Metadata = new PodSandboxMetadata { Name = name, Namespace = "default", Uid = run },
                LogDirectory = Path.GetTempPath(),
                Labels = { [RunLabel] = run },
                Linux = new LinuxPodSandboxConfig { SecurityContext = new SecurityContext { Privileged = true, NamespaceOptions = Namespaces() } },
            };
            var podId = runtime.RunPodSandbox(new RunPodSandboxRequest { Config = pod }, Next()).PodSandboxId;
            var container = new ContainerConfig
            {
                Metadata = new ContainerMetadata { Name = name },
                Image = new ImageSpec { Image = ImageOf(run) },
                Command = { command },
                Linux = new LinuxContainerConfig
                {
                    SecurityContext = new ContainerSecurityContext { Privileged = true, NamespaceOptions = Namespaces() },
                },
            };
            var made = runtime.CreateContainer(
                new CreateContainerRequest { PodSandboxId = podId, Config = container, SandboxConfig = pod }, Next());
            var request = new ContainerRequest { ContainerId = made.ContainerId };
            runtime.StartContainer(request, Next());
            ContainerStatus Status() => runtime.ContainerStatus(request, Next()).Status;
            return SpinWait.SpinUntil(() => Status().State == ContainerState.ContainerExited, AnswerWithin)
                ? Status().ExitCode is var code and not 0 ? $"the container ended with {code}" : null
                : $"the container still runs after {AnswerWithin.TotalSeconds:0} s";
        }
        catch (OperationCanceledException)
        {
            return "stopped";
        }
        catch (RpcException e)
        {
            return $"containerd at {socket}: {e.Status.Detail}";
        }
    }

    /// <summary>Removes what a run made, as far as the runtime is still there.</summary>
    public static void Remove(string socket, string run)
    {
        using var channel = Open(socket);
        var runtime = new RuntimeService.RuntimeServiceClient(channel);
        try
        {
            var filter = new PodSandboxFilter { LabelSelector = { [RunLabel] = run } };
            foreach (var pod in runtime.ListPodSandbox(new ListPodSandboxRequest { Filter = filter }, Deadline()).Items)
            {
                runtime.StopPodSandbox(new PodSandboxRequest { PodSandboxId = pod.Id }, Deadline());
                runtime.RemovePodSandbox(new PodSandboxRequest { PodSandboxId = pod.Id }, Deadline());
            }

            new ImageService.ImageServiceClient(channel).RemoveImage(
                new ImageRequest { Image = new ImageSpec { Image = ImageOf(run) } }, Deadline());
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            // It has gone away meanwhile, and nothing that was started there can be reached.
        }
    }

    private static NamespaceOption Namespaces() => new() { Network = OfNode, Pid = OfContainer };

    private static CallOptions Deadline() => new(cancellationToken: new CancellationTokenSource(AnswerWithin).Token);

    private static GrpcChannel Open(string socket) => GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            },
        },
    });
}
