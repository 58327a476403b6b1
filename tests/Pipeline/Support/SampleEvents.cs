using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Pipeline.Tests.Support;

/// <summary>Events as an agent would send them, and rules on them.</summary>
internal static class SampleEvents
{
    /// <summary>Matches the unlink events: every third one of <see cref="Send"/>.</summary>
    public const string Rules = """
        - rule: File deleted
          desc: test
          condition: evt.type = unlink
          output: "deleted by %proc.name (pid=%proc.pid type=%evt.type)"
          priority: WARNING
          tags: [test, filesystem]
        """;

    public static bool Alerts(long seq) => seq % 3 == 0;

    public static SyscallEvent Make(long seq) => new()
    {
        Type = Utf8.From(Alerts(seq) ? "unlink" : "getpid"),
        Seq = seq,
        TimeNs = 1_700_000_000_000_000_000 + seq,
        KtimeNs = seq,
        Node = Utf8.From("node-1"),
        Run = 7,
        ThreadId = 100,
        Return = 0,
        Process = new ProcessInfo { Pid = 100, ParentPid = 1, Name = Utf8.From("rm\u001b"), ContainerId = Utf8.From("host") },
    };

    /// <summary>Writes events <paramref name="first"/>, and on, acknowledged; partition by seq.</summary>
    public static async Task Send(
        ClientSettings settings, ISchemaRegistryClient registry, string topic, int partitions, long first, int count)
    {
        var serializer = new SyscallEventSerializer(registry);
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(settings.ForProducer()).Build();
        var context = new SerializationContext(MessageComponentType.Value, topic);
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(
            new TopicPartition(topic, (int)((first + i) % partitions)),
            new Message<byte[]?, byte[]?> { Key = "node-1/100"u8.ToArray(), Value = serializer.Serialize(Make(first + i), context) })));
    }
}
