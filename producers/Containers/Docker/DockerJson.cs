using System.Globalization;
using System.Text.Json;
using Syscribe.Events;

namespace Syscribe.Containers.Docker;

/// <summary>Docker's JSON as <see cref="ContainerInfo"/>. What is missing or null in it is empty.</summary>
internal static class DockerJson
{
    private const long NanosecondsPerTick = 100;

    /// <summary>A container.</summary>
    /// <param name="container">Answer to <c>GET /containers/ID/json</c>.</param>
    /// <param name="image">Answer to <c>GET /images/ID/json</c>; null where the image is gone.</param>
    /// <param name="runtime">Name of the runtime.</param>
    public static ContainerInfo Container(JsonElement container, JsonElement? image, string runtime)
    {
        var config = Object(container, "Config");
        var host = Object(container, "HostConfig");
        var imageId = Text(container, "Image");
        var reference = ImageReference.Complete(Text(config, "Image"), imageId, Texts(image, "RepoTags"), Texts(image, "RepoDigests"));
        return new ContainerInfo
        {
            Name = Utf8.From(Text(container, "Name").TrimStart('/')),
            ImageRepository = Utf8.From(reference.Repository),
            ImageTag = Utf8.From(reference.Tag),
            ImageDigest = Utf8.From(reference.Digest),
            ImageId = Utf8.From(ImageReference.Id(imageId)),
            Runtime = Utf8.From(runtime),
            Privileged = host.ValueKind == JsonValueKind.Object && host.TryGetProperty("Privileged", out var flag) ? flag.ValueKind == JsonValueKind.True : null,
            StartTimeNs = Nanoseconds(Text(Object(container, "State"), "StartedAt")),
            Mounts = [.. Items(container, "Mounts").Select(Mount)],
            Labels = Labels(config),
        };
    }

    /// <summary>A text; empty where it is missing.</summary>
    public static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() ?? "" : "";

    private static Mount Mount(JsonElement mount) => new(
        Utf8.From(Text(mount, "Source")),
        Utf8.From(Text(mount, "Destination")),
        Utf8.From(Text(mount, "Mode")),
        mount.TryGetProperty("RW", out var writable) && writable.ValueKind == JsonValueKind.True,
        Utf8.From(Text(mount, "Propagation")));

    private static Dictionary<string, string> Labels(JsonElement config)
    {
        var labels = Object(config, "Labels");
        return labels.ValueKind != JsonValueKind.Object
            ? []
            : labels.EnumerateObject().ToDictionary(static label => label.Name, static label => label.Value.GetString() ?? "");
    }

    private static JsonElement Object(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : default;

    private static IEnumerable<JsonElement> Items(JsonElement owner, string name) =>
        Object(owner, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    private static List<string> Texts(JsonElement? owner, string name) =>
        owner is not { } given ? [] : [.. Items(given, name).Select(static item => item.GetString() ?? "")];

    // A container that has not started has year 1.
    private static long Nanoseconds(string time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > DateTimeOffset.UnixEpoch
            ? (at - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick : 0;
}
