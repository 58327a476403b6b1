using Syscribe.Events;
using Syscribe.Testing;

namespace Syscribe.Containers.Tests.Containerd;

/// <summary>Against a real containerd that the test starts: needs root, containerd and runc.</summary>
public sealed class ContainerdTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    // As it is built for itself: this project's copy lacks the assemblies that ASP.NET, which only the tests need, has in itself.
    private static readonly string AgentPath = Path.Combine(
        AppContext.BaseDirectory.Replace("/tests/Containers/", "/producers/Agent/", StringComparison.Ordinal), "syscribe-agent");

    [Fact]
    public async Task A_container_of_a_pod_is_told_with_image_mounts_and_pod()
    {
        if (ContainerdServer.Missing is { } missing)
            Assert.Skip(missing);

        await using var containerd = await ContainerdServer.StartAsync();
        var pod = await containerd.RunPodAsync("shop-7d", "prod");
        var id = await containerd.RunContainerAsync(pod, "web", privileged: true, "/bin/sleep", "600");
        var said = new List<string>();
        await using var metadata = ContainerMetadata.Start(new ContainerOptions { CriSockets = [containerd.Socket] }, said.Add);

        var web = await Told(metadata, id);

        Assert.StartsWith("container metadata from containerd ", Assert.Single(said), StringComparison.Ordinal);
        Assert.Equal("web", web.Name.ToString());
        Assert.Equal("registry.test:5000/team/shop", web.ImageRepository.ToString());
        Assert.Equal("1.4", web.ImageTag.ToString());
        Assert.Equal(64, web.ImageId.Length);
        Assert.Equal("containerd", web.Runtime.ToString());
        Assert.True(web.Privileged);
        Assert.True(web.StartTimeNs > 0);
        Assert.Contains(new Mount(Utf8.From(containerd.Folder), Utf8.From("/data"), Utf8.Empty, false, Utf8.From("private")), web.Mounts);
        Assert.Equal("shop", web.Labels["app"]);
        Assert.Equal("shop-7d", web.Labels["io.kubernetes.pod.name"]);
        Assert.Equal("prod", web.Labels["io.kubernetes.pod.namespace"]);

        var plain = await Told(metadata, await containerd.RunContainerAsync(pod, "side", privileged: false, "/bin/sleep", "600"));
        Assert.False(plain.Privileged);
        var sandbox = await Told(metadata, pod.Id);
        Assert.Equal("shop-7d", sandbox.Name.ToString());
        Assert.Equal("prod", sandbox.Labels["io.kubernetes.pod.namespace"]);
    }

    [Fact]
    public async Task Every_event_of_a_new_container_carries_its_metadata_the_first_included()
    {
        if (ContainerdServer.Missing is { } missing)
            Assert.Skip(missing);
        if (Prerequisites.Btf is { } noBtf)
            Assert.Skip(noBtf);

        await using var containerd = await ContainerdServer.StartAsync();
        var file = Path.Combine(containerd.Folder, "events.avro");
        await using var agent = ServerProcess.Start(
            AgentPath, // waits longer than usual, as a machine that runs other tests has a slow containerd
            ["record", file, "--cri", containerd.Socket, "--container-wait", "10s", "--only-syscall", "openat", "execve"]);
        await agent.UntilAsync(
            () => Task.FromResult(agent.Output.Contains("capturing on", StringComparison.Ordinal) && agent.Output.Contains("metadata from", StringComparison.Ordinal)),
            Within, "the agent captures");
        var pod = await containerd.RunPodAsync("shop-8e", "prod");
        var id = await containerd.RunContainerAsync(pod, "web", privileged: false, "/bin/sh", "-c", "/bin/cat /data/config.toml; exec /bin/sleep 600");
        var shell = await containerd.RunContainerAsync(pod, "side", privileged: true, "/bin/sleep", "600");
        await Wait.UntilAsync(() => Runs(id, "sleep") && Runs(shell, "sleep"), Within, "both containers have come to their last command");

        // A stop lets go of events whose metadata has not come yet, and from outside nobody sees when it has.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await agent.StopAsync();

        var events = Read(file, [id, shell]);
        var web = events.Where(e => e.Process!.ContainerId.ToString() == id[..12]).ToList();
        Assert.Contains(web, e => e.Type.ToString() == "execve" && e.Process!.Name.ToString() == "cat");
        Assert.All(web, e => Assert.Equal("web|registry.test:5000/team/shop|shop-8e", Describe(e)));
        var side = events.Where(e => e.Process!.ContainerId.ToString() == shell[..12]).ToList();
        Assert.NotEmpty(side);
        Assert.All(side, e => Assert.Equal("side|registry.test:5000/team/shop|shop-8e", Describe(e)));
        Assert.All(events.GroupBy(e => e.Process!.Pid), byProcess => Assert.Equal(byProcess.OrderBy(e => e.Seq).Select(e => e.Seq), byProcess.Select(e => e.Seq)));
    }

    private static bool Runs(string container, string program) => Directory.GetDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(process + "/cgroup").Contains(container, StringComparison.Ordinal)
                && File.ReadAllText(process + "/comm").Trim() == program;
        }
        catch (IOException)
        {
            // No process, or it has just ended.
            return false;
        }
    });

    private static string Describe(SyscallEvent e) => e.Process!.Container is not { } container
        ? $"event {e.Seq} ({e.Type} of {e.Process.Name}) has none"
        : $"{container.Name}|{container.ImageRepository}|{container.Labels["io.kubernetes.pod.name"]}";

    private static async Task<ContainerInfo> Told(ContainerMetadata metadata, string id)
    {
        ContainerInfo? info = null;
        await Wait.UntilAsync(() => (info = metadata.Find(ContainerCache.Key(id))) is not null, Within, $"container {id} is told");
        return info!;
    }

    private static List<SyscallEvent> Read(string file, string[] containers)
    {
        var shorts = containers.Select(id => id[..12]).ToHashSet();
        using var reader = new SyscallEventFileReader(file);
        var events = new List<SyscallEvent>();
        for (var e = new SyscallEvent(); reader.Read(e);)
        {
            if (e.Process is { } process && shorts.Contains(process.ContainerId.ToString()))
            {
                events.Add(e.ToOwned());
            }
        }

        return events;
    }
}
