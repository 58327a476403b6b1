using Confluent.Kafka;
using Syscribe.Agent.Publish;
using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Bench.Publish;

/// <summary>
/// Records encoded, queued and acknowledged by the embedded broker, against bare loops over Confluent.Kafka that send the same
/// bytes, encoded beforehand, with the same settings. Both sides end when the last record is acknowledged.
/// </summary>
internal sealed class PublishBench : IBench
{
    private const int Records = 500_000;
    private const int Rounds = 2;
    private const int Partitions = 16;

    private readonly SyscallEvent[] _events = SampleEvents.Make(1024);

    public string Name => "publish";

    public string Summary => "records encoded and acknowledged, against bare loops over Confluent.Kafka that send the same bytes";

    public void Run(BenchReport report)
    {
        var encoded = _events.Select(Encode).ToArray();
        var (ours, reporting, silent) = (new Best(), new Best(), new Best());
        Ours(); // The first of each warms up and is not counted.
        Bare(encoded, countDeliveries: true);
        for (var round = 0; round < Rounds; round++)
        {
            ours.Take(Ours());
            reporting.Take(Bare(encoded, countDeliveries: true));
            silent.Take(Bare(encoded, countDeliveries: false));
        }

        var size = encoded.Average(static record => record.Value.Length);
        report.Add(ours.Row("publish, against a loop that counts deliveries", reporting) with { Goal = Goal.AtLeast, Bound = 0.8 });
        report.Add(ours.Row("publish, against a loop that does not", silent));
        report.Add(new BenchRow(
            "publish, processor time, broker included", "s/M records", ours.CpuPerMillion, reporting.CpuPerMillion, Events: Records));
        report.Note($"publish: {Records} records of {size:F0} bytes, {Partitions} partitions, lz4; the bare loops allocate "
            + $"{reporting.BytesPerRecord:F0} (counting) and {silent.BytesPerRecord:F0} B/record.");
    }

    private Measured Ours()
    {
        using var broker = EmbeddedBroker.Start(topics: new Dictionary<string, int> { ["bench"] = Partitions });
        var watch = new ClusterWatch(broker.BootstrapServers, static _ => { }, TimeProvider.System);
        using var publisher = new EventPublisher(Settings(broker), "bench", watch, TimeProvider.System) { SchemaId = 1 };
        publisher.Reaches(5000);
        var measuring = Measuring.Start();
        for (var index = 0; index < Records; index++)
        {
            publisher.Publish(_events[index % _events.Length]);
        }

        publisher.Drain();
        return measuring.Stop(publisher.Published, Records - publisher.Published);
    }

    private static Measured Bare(Message<byte[], byte[]>[] records, bool countDeliveries)
    {
        using var broker = EmbeddedBroker.Start(topics: new Dictionary<string, int> { ["bench"] = Partitions });
        using var producer = new ProducerBuilder<byte[], byte[]>(Settings(broker)).Build();
        var (delivered, failed) = (0L, 0L);
        Action<DeliveryReport<byte[], byte[]>>? handler = countDeliveries ? Delivered : null;
        var measuring = Measuring.Start();
        for (var index = 0; index < Records; index++)
        {
            Produce(producer, records[index % records.Length], handler);
        }

        producer.Flush();
        return measuring.Stop(countDeliveries ? delivered : Records, failed);

        void Delivered(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
            {
                failed++;
            }
            else
            {
                delivered++;
            }
        }
    }

    private static void Produce(
        IProducer<byte[], byte[]> producer, Message<byte[], byte[]> record, Action<DeliveryReport<byte[], byte[]>>? handler)
    {
        while (true)
        {
            try
            {
                producer.Produce("bench", record, handler);
                return;
            }
            catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Yield();
            }
        }
    }

    private static ProducerConfig Settings(EmbeddedBroker broker) => ClientSettings.For(broker.BootstrapServers).ForProducer();

    private static Message<byte[], byte[]> Encode(SyscallEvent value) => new()
    {
        Key = System.Text.Encoding.UTF8.GetBytes($"{value.Node}/{value.Process?.Pid}"),
        Value = SyscallEventEncoder.ToArray(value, [0, 0, 0, 0, 1]),
    };
}
