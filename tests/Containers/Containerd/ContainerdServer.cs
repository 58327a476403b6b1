using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Syscribe.Scenarios.Staging.Cri;
using Syscribe.Testing;
using Prerequisites = Syscribe.Testing.Prerequisites;

namespace Syscribe.Containers.Tests.Containerd;

/// <summary>A containerd of its own: its root, state and socket in a temporary folder, its image made here; what it ran ends with it.</summary>
internal sealed class ContainerdServer : IAsyncDisposable
{
    private const int HostNetwork = 2;

    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sctd-");
    private readonly List<string> _pods = [];
    private ServerProcess? _process;
    private GrpcChannel? _channel;

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Missing =>
        Prerequisites.Root ?? Prerequisites.Program("containerd", "containerd") ?? Prerequisites.Program("runc", "runc") ?? BusyboxImage.Missing;

    public string Socket => Path.Combine(_folder.FullName, "c.sock");

    public string Folder => _folder.FullName;

    public string ImageDigest { get; private set; } = "";

    private RuntimeService.RuntimeServiceClient Client => new(_channel!); // StartAsync has made it.

    public static async Task<ContainerdServer> StartAsync()
    {
        var server = new ContainerdServer();
        try
        {
            await server.OpenAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>ctr</c> against it to its end.</summary>
    public async Task CtrAsync(params string[] arguments)
    {
        await using var ctr = ServerProcess.Start("ctr", ["--address", Socket, .. arguments]);
        await ctr.EndAsync($"ctr {string.Join(' ', arguments)}", StartWithin);
    }

    /// <summary>Makes a pod, as the kubelet does, but without its labels.</summary>
    public async Task<(string Id, PodSandboxConfig Config)> RunPodAsync(string name, string space)
    {
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = name, Namespace = space, Uid = $"uid-{name}" },
            LogDirectory = Folder,
            Linux = new LinuxPodSandboxConfig
            {
                SecurityContext = new SecurityContext { Privileged = true, NamespaceOptions = new NamespaceOption { Network = HostNetwork } },
            },
        };
        var made = await Client.RunPodSandboxAsync(new RunPodSandboxRequest { Config = config }, Deadline);
        _pods.Add(made.PodSandboxId);
        return (made.PodSandboxId, config);
    }

    /// <summary>Makes and starts a container in a pod.</summary>
    public async Task<string> RunContainerAsync((string Id, PodSandboxConfig Config) pod, string name, bool privileged, params string[] command)
    {
        var config = new ContainerConfig
        {
            Metadata = new Scenarios.Staging.Cri.ContainerMetadata { Name = name },
            Image = new ImageSpec { Image = BusyboxImage.Name },
            Command = { command },
            Mounts = { new Mount { ContainerPath = "/data", HostPath = Folder, Readonly = true } },
            Labels = { ["app"] = "shop" },
            Linux = new LinuxContainerConfig
            {
                SecurityContext = new ContainerSecurityContext { Privileged = privileged, NamespaceOptions = new NamespaceOption { Network = HostNetwork } },
            },
        };
        var made = await Client.CreateContainerAsync(new CreateContainerRequest { PodSandboxId = pod.Id, Config = config, SandboxConfig = pod.Config }, Deadline);
        await Client.StartContainerAsync(new ContainerRequest { ContainerId = made.ContainerId }, Deadline);
        return made.ContainerId;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods)
        {
            await Client.StopPodSandboxAsync(new PodSandboxRequest { PodSandboxId = pod }, Deadline);
            await Client.RemovePodSandboxAsync(new PodSandboxRequest { PodSandboxId = pod }, Deadline);
        }

        _channel?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static CallOptions Deadline => new(cancellationToken: new CancellationTokenSource(StartWithin).Token);

    private async Task OpenAsync()
    {
        var config = Path.Combine(Folder, "config.toml");
        await File.WriteAllTextAsync(config, $"""
            version = 2
            root = "{Folder}/root"
            state = "{Folder}/state"
            [grpc]
              address = "{Socket}"
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "{BusyboxImage.Name}"
              restrict_oom_score_adj = true
              disable_apparmor = true
              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "native"
            """);
        _process = ServerProcess.Start("containerd", ["--config", config]);
        await _process.UntilAsync(() => Task.FromResult(Listens()), StartWithin, "containerd listens");
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = UnixSocket.Handler(Socket), DisposeHttpClient = true });
        ImageDigest = BusyboxImage.Write(Path.Combine(Folder, "image.tar"));
        await CtrAsync("--namespace", "k8s.io", "images", "import", "--snapshotter", "native", Path.Combine(Folder, "image.tar"));
    }

    private bool Listens()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
