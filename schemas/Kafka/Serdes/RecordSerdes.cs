using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>Serializers and deserializers of <c>alerts.v1</c> and dead letters, over Confluent's Avro ones.</summary>
public static class RecordSerdes
{
    /// <summary>Writes alerts; settings are Confluent's <c>avro.serializer.*</c>.</summary>
    public static ISerializer<AlertRecord> AlertSerializer(ISchemaRegistryClient registry, AvroSerializerConfig? settings = null) =>
        new AvroSerializer<AlertRecord>(registry, settings).AsSyncOverAsync();

    /// <summary>Writes dead letters; settings are Confluent's <c>avro.serializer.*</c>.</summary>
    public static ISerializer<DeadLetterRecord> DeadLetterSerializer(ISchemaRegistryClient registry, AvroSerializerConfig? settings = null) =>
        new AvroSerializer<DeadLetterRecord>(registry, settings).AsSyncOverAsync();

    /// <summary>Reads alerts.</summary>
    public static IDeserializer<AlertRecord> AlertDeserializer(ISchemaRegistryClient registry) =>
        new RecordDeserializer<AlertRecord>(registry, Schemas.Alert, TimeProvider.System);

    /// <summary>Reads dead letters.</summary>
    public static IDeserializer<DeadLetterRecord> DeadLetterDeserializer(ISchemaRegistryClient registry) =>
        new RecordDeserializer<DeadLetterRecord>(registry, Schemas.DeadLetter, TimeProvider.System);
}
