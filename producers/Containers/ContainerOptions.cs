namespace Syscribe.Containers;

/// <summary>Which container runtimes are asked, and how long an event waits for their answer.</summary>
public sealed record ContainerOptions
{
    /// <summary>Sockets of the Container Runtime Interface that are looked for where none is named: containerd, CRI-O, k3s.</summary>
    public static IReadOnlyList<string> UsualCriSockets { get; } =
        ["/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/k3s/containerd/containerd.sock"];

    /// <summary>Sockets of Docker's interface that are looked for where none is named: Docker, Podman.</summary>
    public static IReadOnlyList<string> UsualDockerSockets { get; } = ["/run/docker.sock", "/run/podman/podman.sock"];

    /// <summary>CRI sockets, as paths. With this and <see cref="DockerSockets"/> empty, the default, the usual ones are used as far as they are there.</summary>
    public IReadOnlyList<string> CriSockets { get; init; } = [];

    /// <summary>Sockets of Docker's interface, as paths.</summary>
    public IReadOnlyList<string> DockerSockets { get; init; } = [];

    /// <summary>
    /// How long the first events of a container wait for its metadata; then they go without. Default: 500 ms, a hundred
    /// times what a runtime takes. Zero: none waits.
    /// </summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Events that wait at most, all containers together, about 1 KiB each. Default: 8,192. Beyond, a container's events go without metadata, and are counted.</summary>
    public int MaxWaiting { get; init; } = 8192;

    /// <summary>Containers remembered at most, about 2 KiB each. Default: 4,096. Beyond, the one unused for longest is asked for anew.</summary>
    public int MaxContainers { get; init; } = 4096;

    /// <summary>Whether a runtime has been named.</summary>
    internal bool AreNamed => CriSockets.Count + DockerSockets.Count > 0;
}
