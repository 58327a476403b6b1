using Avro.Generic;
using Avro.IO;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Syscribe.Events;
using Syscribe.Kafka;
using AvroSchema = Avro.Schema;

namespace Syscribe.Bench.Codec;

/// <summary>
/// Events to records and back through the span codec, against Confluent's Avro serializer and deserializer over generic records
/// of the same events, on one thread, with the same registry.
/// </summary>
internal sealed class CodecBench : IBench
{
    private const int Events = 1024;
    private const int Rounds = 3;
    private const int OursPerRound = 1_000_000;
    private const int TheirsPerRound = 25_000;

    private static readonly SerializationContext Context = new(MessageComponentType.Value, Topics.Syscalls);

    public string Name => "codec";

    public string Summary => "events encoded and decoded, against Confluent's Avro serializer and deserializer";

    public void Run(BenchReport report)
    {
        using var registry = EmbeddedRegistry.Start();
        using var client = ClientSettings.For("none", registry.Url).CreateRegistryClient();
        var events = SampleEvents.Make(Events);
        var serializer = new SyscallEventSerializer(client);
        var records = events.Select(e => serializer.Serialize(e, Context)).ToArray();

        Encode(report, client, events, records);
        Decode(report, client, records);
        report.Note($"codec: events of {records.Average(r => r.Length):F0} bytes on the wire, of 64 processes; one thread.");
    }

    private static void Encode(BenchReport report, CachedSchemaRegistryClient client, SyscallEvent[] events, byte[][] records)
    {
        var generic = records.Select(ToGeneric).ToArray();
        var ours = new SyscallEventSerializer(client);
        var theirs = new AvroSerializer<GenericRecord>(client).AsSyncOverAsync();
        var buffer = new byte[64 * 1024];
        var (span, confluent) = Rounded(
            i => ours.Serialize(events[i % Events], Topics.Syscalls, ref buffer),
            i => theirs.Serialize(generic[i % Events], Context));
        report.Add(span.Row("codec: encode into a kept buffer", confluent) with { Goal = Goal.AtLeast, Bound = 5 });
        report.Add(new BenchRow("codec: encode, processor time", "ns/event", span.CpuPerMillion * 1000, confluent.CpuPerMillion * 1000));
    }

    private static void Decode(BenchReport report, CachedSchemaRegistryClient client, byte[][] records)
    {
        var ours = new SyscallEventDeserializer(client);
        var theirs = new AvroDeserializer<GenericRecord>(client).AsSyncOverAsync();
        var into = new SyscallEvent();
        var (span, confluent) = Rounded(
            i => ours.Deserialize(records[i % Events], into),
            i => theirs.Deserialize(records[i % Events], false, Context));
        report.Add(span.Row("codec: decode into a kept event", confluent) with { Goal = Goal.AtLeast, Bound = 5 });
        report.Add(new BenchRow("codec: decode, processor time", "ns/event", span.CpuPerMillion * 1000, confluent.CpuPerMillion * 1000));

        var (cold, _) = Rounded(i => new SyscallEventDecoder(2).Decode(records[i % Events], 5, records[i % Events].Length - 5, into), _ => { }, OursPerRound / 20);
        report.Add(new BenchRow("codec: decode with no process known", "ns/event", cold.CpuPerMillion * 1000, BytesPerEvent: cold.BytesPerRecord));
    }

    private static (Best Ours, Best Theirs) Rounded(Action<int> ours, Action<int> theirs, int perRound = OursPerRound)
    {
        var (a, b) = (new Best(), new Best());
        Round(ours, perRound / 10); // Warm-up: the runtime compiles what is hot.
        Round(theirs, TheirsPerRound / 10);
        for (var round = 0; round < Rounds; round++)
        {
            a.Take(Round(ours, perRound));
            b.Take(Round(theirs, TheirsPerRound));
        }

        return (a, b);
    }

    private static Measured Round(Action<int> step, int count)
    {
        var measuring = Measuring.Start();
        for (var i = 0; i < count; i++)
            step(i);

        return measuring.Stop(count, 0);
    }

    private static GenericRecord ToGeneric(byte[] record)
    {
        var schema = AvroSchema.Parse(Schemas.SyscallEvent);
        using var stream = new MemoryStream(record, 5, record.Length - 5);
        return new GenericReader<GenericRecord>(schema, schema).Read(null!, new BinaryDecoder(stream));
    }
}
