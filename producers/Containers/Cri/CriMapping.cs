using System.Text.Json;
using Google.Protobuf.Collections;
using Syscribe.Events;
using EventMount = Syscribe.Events.Mount;

namespace Syscribe.Containers.Cri;

/// <summary>CRI's messages as <see cref="ContainerInfo"/>.</summary>
internal static class CriMapping
{
    private const string PodName = "io.kubernetes.pod.name";
    private const string PodNamespace = "io.kubernetes.pod.namespace";
    private const string PodUid = "io.kubernetes.pod.uid";

    /// <summary>A container.</summary>
    /// <param name="status">What the runtime says of it.</param>
    /// <param name="image">What it says of its image; null where that is gone.</param>
    /// <param name="pod">Its pod, if the labels do not name it.</param>
    /// <param name="privileged">From the verbose part.</param>
    /// <param name="runtime">Name of the runtime.</param>
    public static ContainerInfo Container(ContainerStatus status, Image? image, PodSandboxStatus? pod, bool? privileged, string runtime)
    {
        var id = image?.Id ?? "";
        var tags = image?.RepoTags ?? [];
        var digests = image?.RepoDigests ?? [];
        if (digests.Count == 0 && status.ImageRef.Contains('@', StringComparison.Ordinal))
        {
            digests = [status.ImageRef];
        }

        var reference = ImageReference.Complete(status.Image?.Image ?? "", id, tags, digests);
        return new ContainerInfo
        {
            Name = Utf8.From(status.Metadata?.Name ?? ""),
            ImageRepository = Utf8.From(reference.Repository),
            ImageTag = Utf8.From(reference.Tag),
            ImageDigest = Utf8.From(reference.Digest),
            ImageId = Utf8.From(ImageReference.Id(id)),
            Runtime = Utf8.From(runtime),
            Privileged = privileged,
            StartTimeNs = status.StartedAt,
            Mounts = [.. status.Mounts.Select(Mount)],
            Labels = Labels(status.Labels, pod),
        };
    }

    /// <summary>The container that holds a pod's namespaces: named as its pod, of no image that anybody chose.</summary>
    public static ContainerInfo Sandbox(PodSandboxStatus pod, string runtime) => new()
    {
        Name = Utf8.From(pod.Metadata?.Name ?? ""),
        Runtime = Utf8.From(runtime),
        Privileged = false,
        StartTimeNs = pod.CreatedAt,
        Labels = Labels(pod.Labels, pod),
    };

    /// <summary>Whether the labels say whose container it is; Kubernetes puts them there, other clients need not.</summary>
    public static bool NamesPod(MapField<string, string> labels) => labels.ContainsKey(PodName) && labels.ContainsKey(PodNamespace);

    /// <summary>What only the verbose part says: the JSON text under <c>info</c>, which each runtime shapes as it likes.</summary>
    /// <returns>Privileged, null where it is not said; and the id of the pod.</returns>
    public static (bool? Privileged, string? SandboxId) Verbose(MapField<string, string> info)
    {
        if (!info.TryGetValue("info", out var text))
        {
            return default;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            var pod = Member(root, "sandboxID");
            return (Privileged(root), pod.ValueKind == JsonValueKind.String ? pod.GetString() : null);
        }
        catch (JsonException)
        {
            // Whatever it is, it is not said there.
            return default;
        }
    }

    // containerd: config.linux.security_context.privileged, left out where false. CRI-O: privileged.
    private static bool? Privileged(JsonElement root)
    {
        if (Member(root, "privileged") is { ValueKind: JsonValueKind.True or JsonValueKind.False } said)
        {
            return said.GetBoolean();
        }

        return Member(root, "config") is { ValueKind: JsonValueKind.Object } config
            ? Member(Member(Member(config, "linux"), "security_context"), "privileged").ValueKind == JsonValueKind.True
            : null;
    }

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : default;

    private static Dictionary<string, string> Labels(MapField<string, string> labels, PodSandboxStatus? pod)
    {
        var all = labels.ToDictionary();
        if (pod?.Metadata is { } metadata)
        {
            all.TryAdd(PodName, metadata.Name);
            all.TryAdd(PodNamespace, metadata.Namespace);
            all.TryAdd(PodUid, metadata.Uid);
        }

        return all;
    }

    private static EventMount Mount(Mount mount) => new(
        Utf8.From(mount.HostPath),
        Utf8.From(mount.ContainerPath),
        Utf8.Empty,
        !mount.Readonly,
        Utf8.From(mount.Propagation switch
        {
            MountPropagation.PropagationPrivate => "private",
            MountPropagation.PropagationHostToContainer => "rslave",
            MountPropagation.PropagationBidirectional => "rshared",
            _ => "unknown",
        }));
}
