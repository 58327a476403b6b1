using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Events;

namespace Syscribe.Kafka.Tests;

public sealed class AlertSerdesTests
{
    [Fact]
    public async Task An_alert_of_every_detector_and_priority_survives_the_wire()
    {
        using var registry = EmbeddedRegistry.Start();
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = registry.Url });
        var serializer = RecordSerdes.AlertSerializer(client);
        var deserializer = RecordSerdes.AlertDeserializer(client);
        var context = new SerializationContext(MessageComponentType.Value, Topics.Alerts);
        foreach (var detector in Enum.GetValues<Detector>())
        {
            foreach (var priority in Enum.GetValues<AlertPriority>())
            {
                var alert = Alert(detector, priority);

                var back = deserializer.Deserialize(await serializer.SerializeAsync(alert, context), isNull: false, context);

                Assert.Equivalent(alert, back, strict: true);
            }
        }
    }

    [Fact] // overlapping batches share one serializer
    public async Task Alerts_that_are_written_at_once_come_back_whole()
    {
        using var registry = EmbeddedRegistry.Start();
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = registry.Url });
        var serializer = RecordSerdes.AlertSerializer(client);
        var context = new SerializationContext(MessageComponentType.Value, Topics.Alerts);

        var written = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() => serializer.SerializeAsync(Numbered(i), context))));

        var deserializer = RecordSerdes.AlertDeserializer(client);
        Assert.All(written, (bytes, i) => Assert.Equivalent(Numbered(i), deserializer.Deserialize(bytes, isNull: false, context), strict: true));

        static AlertRecord Numbered(int i)
        {
            var alert = Alert(Detector.Llm, AlertPriority.Warning);
            (alert.Seq, alert.Message) = (i, new string('m', i % 97));
            return alert;
        }
    }

    private static AlertRecord Alert(Detector detector, AlertPriority priority) => new()
    {
        Id = "0123",
        TimeNs = 1,
        KtimeNs = 2,
        Node = "node-1",
        Run = -3,
        Seq = 4,
        EventType = "openat",
        Detector = detector,
        Rule = "A rule",
        Priority = priority,
        Message = "ü",
        Tags = ["a", "b"],
        OutputFields = new() { ["proc.name"] = "sh", ["fd.num"] = 3L, ["fd.connected"] = true, ["user.name"] = null, ["x"] = 0.5 },
        ContainerId = "host",
        Pid = 7,
        Digest = "d",
        Count = 2,
        Score = detector == Detector.Llm ? 0.75 : null,
        InferenceMs = null,
        PromptTokens = 12,
    };
}
