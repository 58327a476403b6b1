using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Agent.Tests;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_broker_that_is_away_at_start_is_waited_for_and_named()
    {
        var recording = Testing.Recording([Testing.Event(1, 1)]);
        using var broker = EmbeddedBroker.Start();
        broker.TakeDown(1);
        var lines = new Testing.Lines();
        var options = Testing.Options(broker.BootstrapServers, lines) with { Replay = new ReplayOptions(recording) };

        await using var host = new AgentHost(options);
        var starting = host.StartAsync(TestContext.Current.CancellationToken);
        await Testing.Until(() => lines.Have($"Kafka at {broker.BootstrapServers} is not reachable"), "the agent names the broker");
        Assert.False(starting.IsCompleted);
        broker.BringUp(1);
        await starting.WaitAsync(Testing.Deadline);
        await host.Completion.WaitAsync(Testing.Deadline);

        Assert.Equal(1, host.Counters.Published);
        Assert.Equal(1, lines.Count("is not reachable"));
        Assert.Equal(1, lines.Count("answers again"));
        File.Delete(recording);
    }

    [Fact]
    public async Task A_start_that_waits_can_be_stopped()
    {
        var lines = new Testing.Lines();
        var options = Testing.Options($"127.0.0.1:{Testing.FreePort()}", lines) with { Replay = new ReplayOptions("none") };
        await using var host = new AgentHost(options);
        var starting = host.StartAsync(TestContext.Current.CancellationToken);
        await Testing.Until(() => lines.Have("is not reachable"), "the agent waits");

        await host.StopAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    [Fact]
    public async Task A_registry_that_is_away_is_waited_for_and_named()
    {
        using var broker = EmbeddedBroker.Start();
        var lines = new Testing.Lines();
        var url = $"http://127.0.0.1:{Testing.FreePort()}";
        var options = Testing.Options(broker.BootstrapServers, lines) with { SchemaRegistry = url, Client = new ClientSettings() };
        await using var host = new AgentHost(options);
        var starting = host.StartAsync(TestContext.Current.CancellationToken);
        await Testing.Until(() => lines.Have($"Address: {url}; waiting for it."), "the agent names the registry");

        await host.StopAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_dropped_with_its_cause_and_captured_is_published_plus_dropped()
    {
        // 9,000 bytes of text are over message.max.bytes; one produce request, of one of the partitions, is refused for good.
        var recording = Testing.Recording(Enumerable.Range(1, 50).Select(seq => Testing.Event(seq, seq, seq % 10 == 0 ? 9000 : 20)));
        using var broker = EmbeddedBroker.Start();
        broker.FailNext(0, ErrorCode.TopicAuthorizationFailed);
        var lines = new Testing.Lines();
        var options = Testing.Options(broker.BootstrapServers, lines) with { Replay = new ReplayOptions(recording) };
        options.Client.Set("message.max.bytes", "5000").Set("enable.idempotence", "false");

        var counters = await ReplayTests.Play(options);

        Assert.Equal(50, counters.Captured);
        Assert.Equal(5, counters.Dropped[DropCause.TooLarge]);
        Assert.InRange(counters.Dropped[DropCause.Delivery], 1, 44);
        Assert.Equal(0, counters.InFlight);
        Assert.True(counters.IsBalanced, counters.ToString());
        Assert.True(lines.Have("refused a record"), lines.ToString());
        File.Delete(recording);
    }

    [Fact]
    public async Task A_broker_that_goes_away_blocks_the_source_and_a_stop_drops_the_rest_counted()
    {
        var recording = Testing.Recording(Enumerable.Range(1, 500).Select(seq => Testing.Event(seq, 1)));
        using var broker = EmbeddedBroker.Start();
        var lines = new Testing.Lines();
        var options = Testing.Options(broker.BootstrapServers, lines) with
        {
            Replay = new ReplayOptions(recording) { Loop = true },
            StopTimeout = TimeSpan.FromMilliseconds(200),
        };
        options.Client.Set("queue.buffering.max.messages", "100");

        await using var host = new AgentHost(options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await Testing.Until(() => host.Counters.Published > 0, "records are published");
        broker.TakeDown(1);
        await Testing.Until(() => lines.Have("is not reachable"), "the agent tells of the lost broker");
        await Testing.Until(() => host.Counters.InFlight >= 100, "the queue is full");
        var blocked = host.Counters.Captured;
        await Testing.Until(() => host.Counters.Captured == blocked, "the source stands still");
        await host.StopAsync();

        var counters = host.Counters;
        Assert.InRange(counters.Dropped[DropCause.Stopped], 1, 101);
        Assert.Equal(0, counters.InFlight);
        Assert.True(counters.IsBalanced, counters.ToString());
        File.Delete(recording);
    }
}
