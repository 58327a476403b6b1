using Akka.Streams.Dsl;
using Confluent.Kafka;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Syscribe.Kafka;
using Syscribe.Pipeline.Producing;
using Syscribe.Pipeline.Tests.Support;

namespace Syscribe.Pipeline.Tests.Producing;

public sealed class KafkaProducerFlowTests(Support.Streams streams) : IClassFixture<Support.Streams>
{
    [Fact]
    public async Task A_batch_passes_when_all_its_records_are_acknowledged()
    {
        var (up, closed, down, producer) = Run();
        await up.Send(new Batch(1, records: 2));
        down.Pull();
        await Eventually.Holds(() => producer.Queued == 2, "both records are sent");
        producer.Acknowledge();
        Assert.Equal(0, down.Waiting);
        producer.Acknowledge();

        Assert.Equal(1, (await down.Received()).Id);
        await EndAsync(up, closed, down, producer);
    }

    [Fact]
    public async Task Batches_pass_in_order_whatever_the_order_of_acknowledgements()
    {
        var (up, closed, down, producer) = Run();
        await up.Send(new Batch(1, records: 1));
        await up.Send(new Batch(2, records: 0));
        await up.Send(new Batch(3, records: 1));
        await Eventually.Holds(() => producer.Queued == 2, "the records are sent");
        down.Pull();
        producer.Acknowledge(1);
        Assert.Equal(0, down.Waiting);
        producer.Acknowledge(0);

        Assert.Equal(1, (await down.Received()).Id);
        Assert.Equal(2, (await down.Next()).Id);
        Assert.Equal(3, (await down.Next()).Id);
        await EndAsync(up, closed, down, producer);
    }

    [Fact]
    public async Task A_silent_downstream_stops_upstream_at_the_bound()
    {
        var (up, closed, down, _) = Run(maxInFlight: 3);
        for (var i = 0; i < 3; i++)
        {
            await up.Send(new Batch(i, records: 0));
        }

        // The one that downstream takes makes room for one more, and the stage has asked for no other meanwhile.
        Assert.Equal(0, (await down.Next()).Id);
        Assert.InRange(up.Demand, 0, 1);
        await up.Send(new Batch(3, records: 0));
        Assert.Equal(1, (await down.Next()).Id);
        Assert.InRange(up.Demand, 0, 1);
        down.Cancel();
        await up.Cancelled;
        await closed;
    }

    [Fact]
    public async Task Completion_waits_for_what_is_held()
    {
        var (up, closed, down, producer) = Run();
        await up.Send(new Batch(1, records: 1));
        await up.Send(new Batch(2, records: 1));
        up.Complete();
        await Eventually.Holds(() => producer.Queued == 2, "the records are sent");
        Assert.False(down.HasEnded);
        producer.Acknowledge();
        producer.Acknowledge();
        Assert.Equal(1, (await down.Next()).Id);
        Assert.Equal(2, (await down.Next()).Id);

        await down.Ended;
        await closed;
        Assert.True(producer.IsDisposed);
        await streams.NoneRunning();
    }

    [Fact]
    public async Task A_refused_record_fails_the_stream_with_topic_and_reason()
    {
        var (up, closed, down, producer) = Run();
        await up.Send(new Batch(1, records: 1));
        await Eventually.Holds(() => producer.Queued == 1, "the record is sent");
        producer.Acknowledge(0, ErrorCode.TopicAuthorizationFailed);

        var failure = await Assert.ThrowsAsync<DeliveryException>(() => down.Ended);
        Assert.StartsWith("Produce to out failed: TopicAuthorizationFailed (29)", failure.Message);
        await up.Cancelled;
        await closed;
        Assert.True(producer.IsDisposed);
    }

    [Fact]
    public async Task A_failure_upstream_fails_downstream_and_closes_the_producer()
    {
        var (up, closed, down, producer) = Run();
        await up.Send(new Batch(1, records: 1));
        up.Fail(new InvalidOperationException("upstream"));

        Assert.Equal("upstream", (await Assert.ThrowsAsync<InvalidOperationException>(() => down.Ended)).Message);
        await closed;
        Assert.True(producer.IsDisposed);
        await streams.NoneRunning();
    }

    [Fact]
    public async Task A_cancel_with_records_in_flight_closes_the_producer_and_late_acknowledgements_do_no_harm()
    {
        var (up, closed, down, producer) = Run();
        await up.Send(new Batch(1, records: 1));
        await Eventually.Holds(() => producer.Queued == 1, "the record is sent");
        down.Cancel();
        await up.Cancelled;
        await closed;
        producer.Acknowledge();

        await streams.NoneRunning();
    }

    [Fact]
    public async Task A_full_queue_holds_upstream_back_and_the_batch_goes_on_where_it_stopped()
    {
        var (up, closed, down, producer) = Run();
        producer.SetRoom(2);
        await up.Send(new Batch(1, records: 5));
        await Eventually.Holds(() => producer.Queued == 2, "two records found room");
        Assert.Equal(0, up.Demand);
        producer.SetRoom(100);
        await Eventually.Holds(() => producer.Produced == 5, "the rest follows");
        await Eventually.Holds(() => up.Demand == 1, "upstream goes on");
        for (var i = 0; i < 5; i++)
        {
            producer.Acknowledge();
        }

        Assert.Equal(1, (await down.Next()).Id);
        await EndAsync(up, closed, down, producer);
    }

    [Fact]
    public void Elements_out_are_elements_in_and_in_order_for_any_timing() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => PassesAll(new Random(seed)).GetAwaiter().GetResult())
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public async Task Against_a_broker_every_record_is_there_when_its_batch_has_passed()
    {
        using var broker = EmbeddedBroker.Start(topics: new Dictionary<string, int> { ["out"] = 1 });
        var options = new KafkaProducerOptions { Client = ClientSettings.For(broker.BootstrapServers) };
        var batches = Enumerable.Range(0, 50).Select(i => new Batch(i, records: i % 7)).ToList();
        var passed = await Source.From(batches)
            .Via(new KafkaProducerFlow<Batch>(options, NullLogger.Instance))
            .RunWith(Sink.Seq<Batch>(), streams.Materializer)
            .WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(batches, passed);
        Assert.Equal(batches.Sum(b => b.Records.Count), TestTopic.ReadAll(broker.BootstrapServers, "out").Count);
    }

    // Sends, pulls and acknowledges in random order and interleaving.
    private async Task<bool> PassesAll(Random random)
    {
        var (up, closed, down, producer) = Run(maxInFlight: random.Next(1, 5));
        producer.SetRoom(random.Next(0, 20));
        var count = random.Next(1, 12);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                await up.Send(new Batch(i, records: i * 7 % 4));
            }

            up.Complete();
        });
        var choice = new Random(random.Next());
        var acknowledging = Task.Run(async () =>
        {
            while (!down.HasEnded)
            {
                if (producer.Queued is > 0 and var queued)
                {
                    producer.Acknowledge(choice.Next(queued));
                }

                producer.SetRoom(choice.Next(3));
                await Task.Yield();
            }
        });
        var received = new List<int>();
        while (received.Count < count)
        {
            received.Add((await down.Next()).Id);
        }

        await Task.WhenAll(sending, down.Ended, acknowledging, closed);
        return received.SequenceEqual(Enumerable.Range(0, count)) && producer.IsDisposed;
    }

    private (UpstreamProbe<Batch>, Task Closed, DownstreamProbe<Batch>, FakeProducer) Run(int maxInFlight = 8)
    {
        var (producer, control) = FakeProducer.Create();
        var options = new KafkaProducerOptions
        {
            Client = ClientSettings.For("none:1"), MaxInFlightBatches = maxInFlight, NewProducer = () => producer,
            QueueFullRetry = TimeSpan.FromMilliseconds(1),
        };
        var ((up, closed), down) = Source.FromGraph(new UpstreamProbe<Batch>.Stage())
            .ViaMaterialized(new KafkaProducerFlow<Batch>(options, NullLogger.Instance), Keep.Both)
            .ToMaterialized(Sink.FromGraph(new DownstreamProbe<Batch>.Stage()), Keep.Both)
            .Run(streams.Materializer);
        return (up, closed, down, control);
    }

    private static async Task EndAsync(UpstreamProbe<Batch> up, Task closed, DownstreamProbe<Batch> down, FakeProducer producer)
    {
        up.Complete();
        await down.Ended;
        await closed;
        Assert.True(producer.IsDisposed);
    }

    private sealed class Batch(int id, int records) : IOutBatch
    {
        public int Id { get; } = id;

        public IReadOnlyList<OutRecord> Records { get; } =
            [.. Enumerable.Range(0, records).Select(i => new OutRecord("out", null, TestTopic.Bytes((id * 1000) + i)))];
    }
}
