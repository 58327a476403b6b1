using System.Diagnostics;
using Syscribe.Containers.Tests.Containerd;

namespace Syscribe.Scenarios.Tests;

/// <summary>A containerd of the tests' own, where scenarios find it; none where it is not installed.</summary>
public sealed class Runtime : IAsyncLifetime
{
    private const string Variable = "CONTAINER_RUNTIME_ENDPOINT"; // of crictl

    private ContainerdServer? _server;

    public string? Socket => _server?.Socket;

    public async ValueTask InitializeAsync()
    {
        if (ContainerdServer.Missing is not null)
            return;
        _server = await ContainerdServer.StartAsync();
        Environment.SetEnvironmentVariable(Variable, "unix://" + Socket);
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Names of all containers and images in it.</summary>
    internal IReadOnlyList<string> Look() => Socket is null ? [] : [.. List("containers"), .. List("images")];

    private string[] List(string what)
    {
        using var ctr = Process.Start(new ProcessStartInfo("ctr", ["--address", Socket!, "--namespace", "k8s.io", what, "list", "--quiet"])
        {
            RedirectStandardOutput = true,
        })!;
        var names = ctr.StandardOutput.ReadToEnd();
        ctr.WaitForExit();
        Assert.Equal(0, ctr.ExitCode);
        return names.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
