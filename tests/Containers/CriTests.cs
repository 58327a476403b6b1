using Syscribe.Containers.Cri;
using Syscribe.Testing;

namespace Syscribe.Containers.Tests;

/// <summary>Against a server that speaks CRI on a unix socket as CRI-O does; containerd's tests have a real one.</summary>
public sealed class CriTests
{
    private static readonly string Id = string.Concat(Enumerable.Repeat("fedcba9876543210", 4));
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_container_is_told_by_the_event_stream_before_the_next_list()
    {
        await using var cri = await FakeCri.StartAsync();
        await using var metadata = Start(cri);
        await Wait.UntilAsync(() => cri.IsWatched, Within, "it watches");
        cri.Containers[Id] = Status("web", startedAt: 0);
        await cri.TellAsync(ContainerEventType.ContainerCreatedEvent, Id);
        await Wait.UntilAsync(() => metadata.Counters.Known == 1, CriRuntime.ListInterval / 2, "the event is read");

        var web = metadata.Find(ContainerCache.Key(Id))!;
        Assert.Equal("web", web.Name.ToString());
        Assert.Equal("quay.io/app", web.ImageRepository.ToString());
        Assert.Equal("3", web.ImageTag.ToString());
        Assert.Equal("sha256:abcd", web.ImageDigest.ToString());
        Assert.Equal("cri-o", web.Runtime.ToString());
        Assert.True(web.Privileged);
        Assert.Equal("rslave", Assert.Single(web.Mounts).Propagation.ToString());

        var before = metadata.Version;
        cri.Containers[Id] = Status("web", startedAt: 5);
        await cri.TellAsync(ContainerEventType.ContainerStartedEvent, Id);
        await Wait.UntilAsync(() => metadata.Version != before, Within, "the start is read");
        Assert.Equal(5, metadata.Find(ContainerCache.Key(Id))!.StartTimeNs);
    }

    [Fact]
    public async Task Without_an_event_stream_the_list_and_questions_tell()
    {
        await using var cri = await FakeCri.StartAsync(streams: false);
        cri.Containers[Id] = Status("web", startedAt: 5);
        await using var metadata = Start(cri);
        await Wait.UntilAsync(() => metadata.Counters.Known == 1, Within, "the list is read");

        var other = Id.Replace('f', '0');
        cri.Containers[other] = Status("side", startedAt: 6);
        await Wait.UntilAsync(() => metadata.Find(ContainerCache.Key(other)) is not null, CriRuntime.ListInterval / 2, "the question is answered");
        Assert.Equal(1, metadata.Counters.Runtimes);
    }

    [Theory]
    [InlineData("""{"privileged":true,"sandboxID":"p"}""", true, "p")]
    [InlineData("""{"privileged":false}""", false, null)]
    [InlineData("""{"sandboxID":"p","config":{"linux":{"security_context":{"privileged":true}}}}""", true, "p")]
    [InlineData("""{"config":{"linux":{"security_context":{}}}}""", false, null)]
    [InlineData("""{"config":{}}""", false, null)]
    [InlineData("""{"pid":1}""", null, null)]
    [InlineData("no json", null, null)]
    [InlineData("[]", null, null)]
    public void Privileged_is_what_the_verbose_part_says_and_null_where_it_says_nothing(string info, bool? privileged, string? pod) =>
        Assert.Equal((privileged, pod), CriMapping.Verbose(new Google.Protobuf.Collections.MapField<string, string> { ["info"] = info }));

    private static ContainerMetadata Start(FakeCri cri) =>
        ContainerMetadata.Start(new ContainerOptions { CriSockets = [cri.Path] }, static _ => { });

    private static ContainerStatusResponse Status(string name, long startedAt) => new()
    {
        Status = new ContainerStatus
        {
            Id = Id,
            Metadata = new Cri.ContainerMetadata { Name = name },
            Image = new ImageSpec { Image = "quay.io/app:3" },
            ImageRef = "quay.io/app@sha256:abcd",
            StartedAt = startedAt,
            Labels = { ["io.kubernetes.pod.name"] = "p", ["io.kubernetes.pod.namespace"] = "n" },
            Mounts = { new Mount { HostPath = "/a", ContainerPath = "/b", Propagation = MountPropagation.PropagationHostToContainer } },
        },
        Info = { ["info"] = """{"privileged":true,"sandboxID":"p"}""" },
    };
}
