using System.Globalization;
using System.Text.RegularExpressions;
using Syscribe.Events;
using Syscribe.Rules.Evaluation.Matching;
using static Syscribe.Rules.Fields.FieldDefinition;

namespace Syscribe.Rules.Fields;

/// <summary>
/// <c>container.*</c> and <c>k8s.*</c>. On the host, names are <c>host</c> or empty; in a container whose runtime has not
/// told yet, they are missing.
/// </summary>
internal static class ContainerFields
{
    private static readonly Utf8 Host = Utf8.From("host");

    public static IReadOnlyList<Field> All { get; } =
    [
        Text("container.id", "First 12 digits of the container id, or host.", (SyscallFields s, FieldRef _, out Utf8 v) => Set(s.Event.Process?.ContainerId ?? default, out v)),
        Of("container.name", "Name of the container, or host.", Host, c => c.Name),
        Of("container.type", "docker, containerd, cri-o or podman; host on the host.", Host, c => c.Runtime),
        Of("container.image", "Image with its tag.", Utf8.Empty, null, Image),
        Of("container.image.repository", "Image without tag and digest.", Utf8.Empty, c => c.ImageRepository),
        Of("container.image.tag", "Tag of the image.", Utf8.Empty, c => c.ImageTag),
        Of("container.image.digest", "Digest of the image.", Utf8.Empty, c => c.ImageDigest),
        Of("container.image.id", "Id of the image.", Utf8.Empty, c => c.ImageId),
        Flag("container.privileged", "Whether it runs privileged; false on the host.", Privileged),
        Of("container.mounts", "Bind mounts as source:destination:mode:writable:propagation, joined by commas.", Utf8.Empty, null, Mounts),
        OfMount("container.mount", "One mount, by index or source, in the form of container.mounts.", PrintMount),
        OfMount("container.mount.source", "Source of the mount whose destination matches the argument, a regular expression.", (_, m) => m.Source, m => m.Destination),
        OfMount("container.mount.dest", "Destination of the mount whose source matches the argument, a regular expression.", (_, m) => m.Destination),
        OfMount("container.mount.mode", "Mode of the mount whose source matches the argument.", (_, m) => m.Mode),
        OfMount("container.mount.rdwr", "true or false: whether that mount is writable.", (_, m) => m.Writable ? True : False),
        OfMount("container.mount.propagation", "Propagation of that mount.", (_, m) => m.Propagation),
        Text("container.label", "One label of the container.", (SyscallFields s, FieldRef f, out Utf8 v) => Label(s, f.Argument, out v), ArgumentRule.Required),
        Of("container.labels", "Labels as key:value, joined by commas.", Utf8.Empty, null, Labels),
        Number("container.start_ts", FieldType.Time, "Start of the container.", (SyscallFields s, FieldRef _, out long v) => Start(s, out v)),
        Number("container.duration", FieldType.Duration, "Time since the container's start.", (SyscallFields s, FieldRef _, out long v) => Start(s, out var start) ? Set(s.Event.TimeNs - start, out v) : Missing(out v)),
        Kubernetes("k8s.pod.name", "Name of the pod.", "io.kubernetes.pod.name"),
        Kubernetes("k8s.ns.name", "Namespace of the pod.", "io.kubernetes.pod.namespace"),
        Kubernetes("k8s.pod.id", "Unique id of the pod.", "io.kubernetes.pod.uid"),
        Kubernetes("k8s.pod.uid", "Unique id of the pod.", "io.kubernetes.pod.uid"),
        Text("k8s.pod.label", "One label of the pod, as the runtime has it on the container.", (SyscallFields s, FieldRef f, out Utf8 v) => Label(s, f.Argument, out v), ArgumentRule.Required),
        Of("k8s.pod.labels", "Labels of the pod as key:value, joined by commas.", default, null, Labels),
    ];

    private static Utf8 True { get; } = Utf8.From("true");

    private static Utf8 False { get; } = Utf8.From("false");

    private static bool OnHost(ProcessInfo process) => process.ContainerId.Span.SequenceEqual("host"u8);

    private static Field Of(string name, string description, Utf8 onHost, Func<ContainerInfo, Utf8>? read, Func<SyscallFields, ContainerInfo, Utf8>? whole = null) =>
        Text(name, description, (SyscallFields s, FieldRef _, out Utf8 v) => Set(
            s.Event.Process is not { } process ? default
            : OnHost(process) ? onHost
            : process.Container is not { } container ? default
            : read is not null ? read(container) : whole?.Invoke(s, container) ?? default, out v));

    private static Utf8 Image(SyscallFields s, ContainerInfo container)
    {
        s.Scratch.Begin();
        s.Scratch.Append(container.ImageRepository.Span);
        if (container.ImageTag.Length > 0)
        {
            s.Scratch.Append((byte)':');
            s.Scratch.Append(container.ImageTag.Span);
        }

        return s.Scratch.End();
    }

    private static bool Privileged(SyscallFields s, FieldRef field, out long value)
    {
        value = 0;
        if (s.Event.Process is not { } process)
        {
            return false;
        }

        value = process.Container?.Privileged == true ? 1 : 0;
        return OnHost(process) || process.Container?.Privileged is not null;
    }

    private static Utf8 Mounts(SyscallFields s, ContainerInfo container)
    {
        s.Scratch.Begin();
        for (var i = 0; i < container.Mounts.Count; i++)
        {
            if (i > 0)
            {
                s.Scratch.Append((byte)',');
            }

            Append(s.Scratch, container.Mounts[i]);
        }

        return s.Scratch.End();
    }

    private static Utf8 PrintMount(SyscallFields s, Mount mount)
    {
        s.Scratch.Begin();
        Append(s.Scratch, mount);
        return s.Scratch.End();
    }

    private static void Append(Scratch scratch, Mount mount)
    {
        scratch.Append(mount.Source.Span);
        scratch.Append((byte)':');
        scratch.Append(mount.Destination.Span);
        scratch.Append((byte)':');
        scratch.Append(mount.Mode.Span);
        scratch.Append((byte)':');
        scratch.Append(mount.Writable ? "true"u8 : "false"u8);
        scratch.Append((byte)':');
        scratch.Append(mount.Propagation.Span);
    }

    private static Field OfMount(string name, string description, Func<SyscallFields, Mount, Utf8> read, Func<Mount, Utf8>? key = null) =>
        Text(name, description, (SyscallFields s, FieldRef f, out Utf8 v) =>
            Set(Find(s, f, key ?? (m => m.Source)) is { } mount ? read(s, mount) : default, out v), ArgumentRule.Required);

    // The argument is an index, or an unanchored regular expression, although Falco's documentation says glob.
    private static Mount? Find(SyscallFields s, FieldRef field, Func<Mount, Utf8> key)
    {
        if (s.Event.Process?.Container is not { Mounts: { Count: > 0 } mounts })
        {
            return null;
        }

        if (field.Index >= 0)
        {
            return field.Index < mounts.Count ? mounts[field.Index] : null;
        }

        var pattern = (Regex)(field.Prepared ??= Compile(field.Argument ?? ""));
        for (var i = 0; i < mounts.Count; i++)
        {
            if (Utf8Regex.IsMatch(pattern, key(mounts[i]).Span))
            {
                return mounts[i];
            }
        }

        return null;
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return new Regex(Regex.Escape(pattern), RegexOptions.CultureInvariant);
        }
    }

    private static bool Label(SyscallFields s, string? name, out Utf8 value)
    {
        value = s.Event.Process?.Container is { } container && name is not null && container.Labels.TryGetValue(name, out var text)
            ? s.Encode(text) : default;
        return !value.IsNull;
    }

    private static Utf8 Labels(SyscallFields s, ContainerInfo container) =>
        Utf8.From(string.Join(", ", container.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => string.Create(CultureInfo.InvariantCulture, $"{label.Key}:{label.Value}"))));

    private static Field Kubernetes(string name, string description, string label) =>
        Text(name, description, (SyscallFields s, FieldRef _, out Utf8 v) => Label(s, label, out v));

    private static bool Start(SyscallFields s, out long start)
    {
        var process = s.Event.Process;
        start = process is null || OnHost(process) ? 0
            : process.Container?.StartTimeNs is > 0 and var known ? known : process.PidnsStartNs;
        return start != 0;
    }

    private static bool Missing(out long value)
    {
        value = 0;
        return false;
    }
}
