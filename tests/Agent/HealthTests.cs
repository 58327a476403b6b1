using System.Net;
using System.Net.Sockets;
using Syscribe.Kafka;

namespace Syscribe.Agent.Tests;

[Collection(nameof(DeliveryTests))] // takes a broker down too
public sealed class HealthTests
{
    [Fact]
    public async Task A_port_in_use_is_named_with_its_option()
    {
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var options = Testing.Options("127.0.0.1:9", new Testing.Lines()) with { MetricsPort = port };
        await using var host = new AgentHost(options);

        var error = await Assert.ThrowsAsync<AgentException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Matches($"^Listen on port {port} for health and metrics failed: .*in use.*--metrics-port", error.Message);
    }

    [Fact]
    public async Task The_endpoint_tells_of_readiness_and_counts_what_was_published()
    {
        var recording = Testing.Recording(Enumerable.Range(1, 100).Select(seq => Testing.Event(seq, 1)));
        using var broker = EmbeddedBroker.Start();
        broker.TakeDown(1);
        var port = Testing.FreePort();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines())
            with
        { MetricsPort = port, Replay = new ReplayOptions(recording) { Loop = true, Speed = 10 } };
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await using var host = new AgentHost(options);
        var starting = host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal("ok\n", await http.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
        var unready = await http.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.StatusCode);
        Assert.Contains(broker.BootstrapServers, await unready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);

        broker.BringUp(1);
        await starting.WaitAsync(Testing.Deadline);
        await Testing.Until(() => host.Counters.Published >= 100, "records are published");

        Assert.Equal("ready\n", await http.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
        var metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.True(Value(metrics, "syscribe_publish_records_total") >= 100, metrics);
        Assert.True(Value(metrics, "syscribe_publish_bytes_total") > 100 * 50, metrics);
        Assert.True(Value(metrics, "syscribe_publish_latency_seconds_count") >= 1, metrics);
        Assert.Equal(0, Value(metrics, "syscribe_capture_dropped_total{cause=\"ring_full\"}"));
        foreach (var name in new[] { "seen_total", "submitted_total", "filtered_total", "read_faults_total", "unread", "processes", "process_lookups_total", "descriptor_lookups_total" })
        {
            Assert.True(Value(metrics, "syscribe_capture_" + name) >= 0, name);
        }

        await host.StopAsync();
        File.Delete(recording);
    }

    private static double Value(string metrics, string name)
    {
        var line = metrics.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(name.Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
