using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Agent.Tests;

/// <summary>Run alone: no process may be started while a broker is taken down.</summary>
[CollectionDefinition(nameof(DeliveryTests), DisableParallelization = true)]
[Collection(nameof(DeliveryTests))]
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
    public async Task The_schema_is_registered_and_its_id_is_in_the_records()
    {
        var recording = Testing.Recording([Testing.Event(1, 1)]);
        using var broker = EmbeddedBroker.Start();
        using var registry = EmbeddedRegistry.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with
        {
            SchemaRegistry = registry.Url,
            Client = new ClientSettings(),
            Replay = new ReplayOptions(recording),
        };

        await ReplayTests.Play(options);

        var record = Assert.Single(Testing.Consume(broker.BootstrapServers, options.Topic, 1)).Value;
        using var client = ClientSettings.For(broker.BootstrapServers, registry.Url).CreateRegistryClient();
        var latest = await client.GetLatestSchemaAsync(options.Topic + "-value");
        Assert.Equal(latest.Id, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(record.AsSpan(1)));
        File.Delete(recording);
    }

    [Fact]
    public async Task A_schema_that_the_registry_refuses_ends_the_start_with_the_reason()
    {
        using var broker = EmbeddedBroker.Start();
        using var registry = EmbeddedRegistry.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with { SchemaRegistry = registry.Url, Client = new ClientSettings() };
        using var client = ClientSettings.For(broker.BootstrapServers, registry.Url).CreateRegistryClient();
        const string other = """{"type":"record","name":"SyscallEvent","namespace":"syscribe.v1","fields":[{"name":"type","type":"long"}]}""";
        await client.RegisterSchemaAsync(options.Topic + "-value", new Confluent.SchemaRegistry.Schema(other, Confluent.SchemaRegistry.SchemaType.Avro));

        await using var host = new AgentHost(options);
        var error = await Assert.ThrowsAsync<AgentException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith($"Get the schema id of {options.Topic} from {registry.Url} was refused: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("(HTTP 409)", error.Message, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_broker_that_comes_back_gets_every_record_once()
    {
        const int count = 2000;
        var recording = Testing.Recording(Enumerable.Range(1, count).Select(seq => Testing.Event(seq, seq % 5)));
        using var broker = EmbeddedBroker.Start();
        var lines = new Testing.Lines();
        // At the recorded speed, 1 ms from event to event, so that the broker goes away in the middle.
        var options = Testing.Options(broker.BootstrapServers, lines) with { Replay = new ReplayOptions(recording) { Speed = 1 } };
        options.Client.Set("queue.buffering.max.messages", "500").Set("reconnect.backoff.max.ms", "200");

        await using var host = new AgentHost(options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await Testing.Until(() => host.Counters.Published > 100, "records are published");
        broker.TakeDown(1);
        await Testing.Until(() => lines.Have("is not reachable"), "the agent tells of the lost broker");
        broker.BringUp(1);
        await host.Completion.WaitAsync(Testing.Deadline);

        Assert.Equal((count, 0L), ((int)host.Counters.Published, host.Counters.DroppedTotal));
        Assert.True(lines.Have("answers again"), lines.ToString());
        var seen = Testing.Consume(broker.BootstrapServers, options.Topic, count);
        Assert.Equal(count, seen.Select(record => Convert.ToHexString(record.Value)).Distinct().Count());
        File.Delete(recording);
    }
}
