using Akka.Streams.Dsl;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Syscribe.Kafka;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Tests.Support;

namespace Syscribe.Pipeline.Tests.Consuming;

/// <summary>Run alone: no process may be started while a broker is taken down.</summary>
[CollectionDefinition(nameof(KafkaSourceTests), DisableParallelization = true)]
[Collection(nameof(KafkaSourceTests))]
public sealed class KafkaSourceTests(Support.Streams streams, KafkaSourceTests.Broker broker)
    : IClassFixture<Support.Streams>, IClassFixture<KafkaSourceTests.Broker>
{
    private readonly string _topic = TestTopic.NewName("in");
    private readonly string _group = TestTopic.NewName("group");

    private string Servers => broker.Embedded.BootstrapServers;

    [Fact]
    public async Task Records_come_in_order_and_are_committed_when_their_batches_are_finished()
    {
        await Fill(partitions: 1, records: 1000);
        var (control, probe) = Run(Options() with { BatchRecords = 64 });
        var numbers = new List<int>();
        while (numbers.Count < 1000)
        {
            var batch = await probe.Next();
            Assert.InRange(batch.Records.Count, 1, 64);
            numbers.AddRange(batch.Records.Select(r => TestTopic.Number(r.Message.Value)));
            batch.Offsets.Finish();
        }

        await Stop(control, probe);
        Assert.Equal(Enumerable.Range(0, 1000), numbers);
        Assert.Equal(1000, TestTopic.Committed(Servers, _group, _topic, 0));
    }

    [Fact]
    public async Task What_is_not_finished_is_not_committed_and_read_again()
    {
        await Fill(partitions: 1, records: 30);
        var (control, probe) = Run(Options() with { BatchRecords = 10, DrainTimeout = TimeSpan.FromMilliseconds(100) });
        var first = await probe.Next();
        var second = await probe.Next();
        var third = await probe.Next();
        third.Offsets.Finish();
        first.Offsets.Finish();
        await Stop(control, probe);
        Assert.Equal(first.Records.Count, TestTopic.Committed(Servers, _group, _topic, 0));

        (control, probe) = Run(Options());
        Assert.Equal(second.Records[0].Offset, (await probe.Next()).Records[0].Offset);
        probe.Cancel();
        await control.Closed;
    }

    [Fact]
    public async Task Offsets_are_committed_while_it_runs()
    {
        await Fill(partitions: 1, records: 5);
        var (control, probe) = Run(Options());
        for (var read = 0; read < 5;)
        {
            var batch = await probe.Next();
            read += batch.Records.Count;
            batch.Offsets.Finish();
        }

        await Eventually.Holds(() => TestTopic.Committed(Servers, _group, _topic, 0) == 5, "what was read is committed");
        probe.Cancel();
        await control.Closed;
    }

    [Fact]
    public async Task A_batch_is_closed_at_its_bytes()
    {
        await Fill(partitions: 1, records: 100);
        var (control, probe) = Run(Options() with { BatchBytes = 16 });
        for (var read = 0; read < 100;)
        {
            var batch = await probe.Next();
            Assert.InRange(batch.Records.Count, 1, 4);
            read += batch.Records.Count;
            batch.Offsets.Finish();
        }

        await Stop(control, probe);
    }

    [Fact]
    public async Task A_silent_downstream_gets_nothing_and_the_consumer_is_never_evicted()
    {
        await Fill(partitions: 2, records: 500);
        var options = Options(("max.poll.interval.ms", "1500"), ("session.timeout.ms", "1000"), ("heartbeat.interval.ms", "200"));
        var (control, probe) = Run(options with { BatchRecords = 10, StallBeforePause = TimeSpan.FromMilliseconds(50) });
        await Eventually.Holds(() => control.Status.Paused, "the partitions are paused");
        var paused = TimeProvider.System.GetTimestamp();
        await Eventually.Holds(() => TimeProvider.System.GetElapsedTime(paused) > TimeSpan.FromSeconds(4), "well over max.poll.interval.ms passes");
        Assert.Equal(0, probe.Waiting);

        var numbers = new List<int>();
        while (numbers.Count < 1000)
        {
            var batch = await probe.Next();
            numbers.AddRange(batch.Records.Select(r => TestTopic.Number(r.Message.Value)));
            batch.Offsets.Finish();
        }

        await Stop(control, probe);
        // Once each: an eviction or a rebalance would have given some of them twice.
        Assert.Equal(Enumerable.Range(0, 1000), numbers.Order());
        Assert.Equal(500, TestTopic.Committed(Servers, _group, _topic, 0));
        Assert.Equal(500, TestTopic.Committed(Servers, _group, _topic, 1));
    }

    [Fact]
    public async Task A_stop_gives_the_batches_already_read_and_waits_for_them_to_finish()
    {
        await Fill(partitions: 1, records: 40);
        var (control, probe) = Run(Options() with { BatchRecords = 10 });
        var first = await probe.Next();
        await Eventually.Holds(() => control.Status.InFlight >= 3, "two more batches are held");
        control.Stop();
        var second = await probe.Next();
        var third = await probe.Next();
        await probe.Ended;
        Assert.False(control.Closed.IsCompleted);

        foreach (var batch in (RecordBatch[])[first, second, third])
        {
            batch.Offsets.Finish();
        }

        await control.Closed;
        Assert.Equal(third.Records[^1].Offset.Value + 1, TestTopic.Committed(Servers, _group, _topic, 0));
        await streams.NoneRunning();
    }

    [Fact]
    public async Task A_cancel_commits_what_is_finished_and_leaves_the_group()
    {
        await Fill(partitions: 1, records: 20);
        var (control, probe) = Run(Options() with { BatchRecords = 10 });
        var first = await probe.Next();
        first.Offsets.Finish();
        await probe.Next();
        probe.Cancel();

        await control.Closed;
        Assert.Equal(first.Records.Count, TestTopic.Committed(Servers, _group, _topic, 0));
        await streams.NoneRunning();
    }

    [Theory]
    [InlineData("cooperative-sticky")]
    [InlineData("range")]
    public async Task A_second_member_takes_its_share_and_nothing_is_lost(string protocol)
    {
        await Fill(partitions: 4, records: 100);
        var options = Options(("partition.assignment.strategy", protocol)) with { BatchRecords = 20 };
        var (control1, probe1) = Run(options);
        var seen = new List<(int Partition, long Offset)>();
        seen.AddRange(Finish(await probe1.Next()));

        var (control2, probe2) = Run(options);
        var all = Task.WhenAll(Drain(probe1, control1, seen), Drain(probe2, control2, seen));
        await Eventually.Holds(() => control2.Status.Partitions == 2 && control1.Status.Partitions == 2, "both have two partitions");
        await Write(partitions: 4, records: 100);
        await Eventually.Holds(() => Count(seen) == 800, "all is read");
        await Eventually.Holds(
            () => Enumerable.Range(0, 4).All(p => TestTopic.Committed(Servers, _group, _topic, p) == 200), "all is committed");
        control1.Stop();
        control2.Stop();
        await all;
    }

    [Fact]
    public async Task A_broker_that_is_away_at_the_start_is_waited_for_and_said_once()
    {
        using var late = EmbeddedBroker.Start(topics: new Dictionary<string, int> { [_topic] = 1 });
        late.TakeDown(1);
        var log = new ListLogger();
        var (control, probe) = Run(Options(("bootstrap.servers", late.BootstrapServers), ("reconnect.backoff.max.ms", "200")), log);
        await Eventually.Holds(() => log.Lines.Any(l => l.Contains("waiting for the broker")), "it says that it waits");
        var line = Assert.Single(log.Lines, l => l.Contains("waiting for the broker"));
        Assert.Contains($"Consume {_topic} on {late.BootstrapServers}", line);
        Assert.Contains("check --bootstrap", line);

        late.BringUp(1);
        await TestTopic.Write(late.BootstrapServers, _topic, 0, [7]);
        var batch = await probe.Next();
        Assert.Equal(7, TestTopic.Number(batch.Records[0].Message.Value));
        Assert.Single(log.Lines, l => l.Contains("answers again"));
        probe.Cancel();
        await control.Closed;
    }

    [Fact]
    public async Task A_topic_that_comes_to_be_later_is_read_from_its_first_record()
    {
        var (control, probe) = Run(Options(("topic.metadata.refresh.interval.ms", "200"), ("allow.auto.create.topics", "false")));
        probe.Pull();
        broker.Embedded.CreateTopic(_topic, 1);
        await TestTopic.Write(Servers, _topic, 0, [1, 2, 3]);

        var batch = await probe.Received();
        Assert.Equal(0, batch.Records[0].Offset.Value);
        probe.Cancel();
        await control.Closed;
    }

    [Fact]
    public async Task A_setting_that_librdkafka_does_not_know_fails_the_stage_with_its_name()
    {
        var (control, probe) = Run(Options(("no.such.setting", "1")));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => probe.Ended);
        Assert.Contains("no.such.setting", failure.Message);
        await control.Closed;
    }

    [Fact]
    public async Task An_offset_that_is_gone_fails_the_stage_where_the_settings_forbid_to_reset()
    {
        await Fill(partitions: 1, records: 1);
        var (control, probe) = Run(Options(("auto.offset.reset", "error")));

        var failure = await Assert.ThrowsAsync<ConsumeException>(() => probe.Ended);
        Assert.Equal(ErrorCode.Local_AutoOffsetReset, failure.Error.Code);
        await control.Closed;
    }

    [Theory]
    [InlineData("enable.auto.commit", "false")]
    [InlineData("enable.auto.offset.store", "true")]
    [InlineData("enable.partition.eof", "true")]
    public void A_setting_that_the_promises_rest_on_cannot_be_changed(string name, string value)
    {
        var error = Assert.Throws<ArgumentException>(() => Options((name, value)).EffectiveClient());
        Assert.Contains($"{name}={value}", error.Message);
        Assert.Contains("leave it out", error.Message);
    }

    private static IEnumerable<(int, long)> Finish(RecordBatch batch)
    {
        batch.Offsets.Finish();
        return batch.Records.Select(r => (r.Partition.Value, r.Offset.Value));
    }

    private static int Count(List<(int, long)> seen)
    {
        lock (seen)
        {
            return seen.Distinct().Count();
        }
    }

    private static async Task Drain(DownstreamProbe<RecordBatch> probe, IConsumerControl control, List<(int, long)> seen)
    {
        while (true)
        {
            probe.Pull();
            var received = probe.Received();
            if (await Task.WhenAny(received, probe.Ended) != received)
            {
                await probe.Ended;
                await control.Closed;
                return;
            }

            lock (seen)
            {
                seen.AddRange(Finish(received.GetAwaiter().GetResult()));
            }
        }
    }

    private async Task Fill(int partitions, int records)
    {
        broker.Embedded.CreateTopic(_topic, partitions);
        await Write(partitions, records);
    }

    private async Task Write(int partitions, int records)
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            await TestTopic.Write(Servers, _topic, partition, Enumerable.Range(partition * records, records));
        }
    }

    private KafkaSourceOptions Options(params (string Name, string Value)[] settings)
    {
        // The embedded broker lets a rebalance last for the session timeout less one second.
        var client = ClientSettings.For(Servers)
            .Set("auto.commit.interval.ms", "100").Set("session.timeout.ms", "2000").Set("heartbeat.interval.ms", "100");
        foreach (var (name, value) in settings)
        {
            client.Set(name, value);
        }

        return new KafkaSourceOptions { Client = client, Group = _group, Topic = _topic };
    }

    private (IConsumerControl, DownstreamProbe<RecordBatch>) Run(KafkaSourceOptions options, ListLogger? log = null) =>
        Source.FromGraph(new KafkaSource(options, log ?? (Microsoft.Extensions.Logging.ILogger)NullLogger.Instance))
            .ToMaterialized(Sink.FromGraph(new DownstreamProbe<RecordBatch>.Stage()), Keep.Both)
            .Run(streams.Materializer);

    private static async Task Stop(IConsumerControl control, DownstreamProbe<RecordBatch> probe)
    {
        control.Stop();
        await probe.Ended;
        await control.Closed;
    }

    public sealed class Broker : IDisposable
    {
        public EmbeddedBroker Embedded { get; } = EmbeddedBroker.Start();

        public void Dispose() => Embedded.Dispose();
    }
}
