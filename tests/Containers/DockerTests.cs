using Syscribe.Events;
using Syscribe.Testing;

namespace Syscribe.Containers.Tests;

/// <summary>Against a server that speaks Docker's HTTP on a unix socket.</summary>
public sealed class DockerTests
{
    private static readonly string Id = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    private readonly List<string> _said = [];

    [Fact]
    public async Task A_running_container_is_told_without_being_asked_for()
    {
        await using var docker = new FakeDocker();
        docker.Add(Id, "web", privileged: true);
        await using var metadata = Start(docker.Path);
        await Wait.UntilAsync(() => metadata.Counters.Known == 1, Within, "the list is read");

        var web = metadata.Find(ContainerCache.Key(Id))!;

        Assert.Equal("container metadata from docker 27.1 at " + docker.Path + ".", Assert.Single(_said));
        Assert.Equal("web", web.Name.ToString());
        Assert.Equal("nginx", web.ImageRepository.ToString());
        Assert.Equal("1.27", web.ImageTag.ToString());
        Assert.Equal("sha256:abcd", web.ImageDigest.ToString());
        Assert.Equal("feed", web.ImageId.ToString());
        Assert.Equal("docker", web.Runtime.ToString());
        Assert.True(web.Privileged);
        Assert.Equal(1_767_323_045_123_456_700, web.StartTimeNs);
        Assert.Equal(new Mount(Utf8.From("/srv"), Utf8.From("/data"), Utf8.From("ro"), false, Utf8.From("rprivate")), Assert.Single(web.Mounts));
        Assert.Equal("pod-web", web.Labels["io.kubernetes.pod.name"]);
        Assert.Equal("é", web.Labels["tier"]);
    }

    [Fact]
    public async Task A_new_container_is_told_by_the_event_stream_and_a_change_replaces_it()
    {
        await using var docker = new FakeDocker();
        await using var metadata = Start(docker.Path);
        await Wait.UntilAsync(() => docker.Watchers == 1, Within, "it watches");
        docker.Add(Id, "web", startedAt: "0001-01-01T00:00:00Z");
        await docker.TellAsync("create", Id);
        await Wait.UntilAsync(() => metadata.Counters.Known == 1, Within, "the event is read");
        Assert.Equal(0, metadata.Find(ContainerCache.Key(Id))!.StartTimeNs);
        var before = metadata.Version;

        docker.Add(Id, "web2");
        await docker.TellAsync("start", Id);

        await Wait.UntilAsync(() => metadata.Version != before, Within, "the change is read");
        Assert.Equal("web2", metadata.Find(ContainerCache.Key(Id))!.Name.ToString());
    }

    [Fact]
    public async Task An_unknown_container_is_null_first_full_after_and_asked_for_once()
    {
        await using var docker = new FakeDocker();
        await using var metadata = Start(docker.Path);
        await Wait.UntilAsync(() => docker.Watchers == 1, Within, "it watches");
        docker.Add(Id, "web");
        var key = ContainerCache.Key(Id);

        Assert.Null(metadata.Find(key));
        await Wait.UntilAsync(() => metadata.Find(key) is not null, Within, "the answer has come");

        Assert.Single(docker.Asked, $"/containers/{key}/json");
    }

    [Fact]
    public async Task A_container_that_the_runtime_does_not_have_stays_null_and_is_no_longer_waited_for()
    {
        await using var docker = new FakeDocker();
        await using var metadata = Start(docker.Path);
        var key = ContainerCache.Key(Id);
        await Wait.UntilAsync(() => metadata.Look(key, out _) == Knowledge.None && metadata.Counters.NotFound == 1, Within, "the answer has come");
        Assert.Null(metadata.Find(key));
    }

    [Fact]
    public async Task Podman_is_known_by_its_version()
    {
        await using var podman = new FakeDocker("""{"Version":"5.2","Components":[{"Name":"Podman Engine"}]}""");
        podman.Add(Id, "web");
        await using var metadata = Start(podman.Path);
        await Wait.UntilAsync(() => metadata.Counters.Known == 1, Within, "the list is read");
        Assert.Equal("podman", metadata.Find(ContainerCache.Key(Id))!.Runtime.ToString());
    }

    [Fact]
    public async Task A_named_socket_that_is_not_there_is_said_and_no_error()
    {
        await using var metadata = Start("/nonexistent/docker.sock");
        await Wait.UntilAsync(() => _said.Count == 1, Within, "it is said");
        Assert.Equal("no container runtime at /nonexistent/docker.sock: no such socket. It is looked for every 5 s.", _said[0]);
        Assert.Equal(Knowledge.None, metadata.Look(ContainerCache.Key(Id), out _));
    }

    [Fact]
    public async Task A_socket_behind_which_nobody_listens_is_said_and_no_error()
    {
        var file = Path.GetTempFileName();
        await using var metadata = Start(file);
        await Wait.UntilAsync(() => _said.Count == 1, Within, "it is said");
        Assert.Equal($"container runtime at {file} gives no metadata: GET /version: connection refused: nothing listens. It is tried every 5 s.", _said[0]);
        Assert.Equal(Knowledge.None, metadata.Look(ContainerCache.Key(Id), out _));
        File.Delete(file);
    }

    private ContainerMetadata Start(string path) => ContainerMetadata.Start(new ContainerOptions { DockerSockets = [path] }, _said.Add);
}
