using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>Serializers and deserializers of <c>alerts.v1</c> and dead letters, over Confluent's Avro ones.</summary>
/// <remarks>
/// Confluent's serializer goes on in another thread of the pool even where it knows the schema. Waited for by a thread of
/// the pool, it holds up all that wait at the same time until the pool grows, seconds on two cores: it is awaited.
/// </remarks>
public static class RecordSerdes
{
    /// <summary>Writes alerts; settings are Confluent's <c>avro.serializer.*</c>.</summary>
    public static IAsyncSerializer<AlertRecord> AlertSerializer(ISchemaRegistryClient registry, AvroSerializerConfig? settings = null) =>
        new AvroSerializer<AlertRecord>(registry, settings);

    /// <summary>Writes dead letters; settings are Confluent's <c>avro.serializer.*</c>.</summary>
    public static IAsyncSerializer<DeadLetterRecord> DeadLetterSerializer(ISchemaRegistryClient registry, AvroSerializerConfig? settings = null) =>
        new AvroSerializer<DeadLetterRecord>(registry, settings);

    /// <summary>Reads alerts.</summary>
    public static IDeserializer<AlertRecord> AlertDeserializer(ISchemaRegistryClient registry) =>
        new RecordDeserializer<AlertRecord>(registry, Schemas.Alert, TimeProvider.System);

    /// <summary>Reads dead letters.</summary>
    public static IDeserializer<DeadLetterRecord> DeadLetterDeserializer(ISchemaRegistryClient registry) =>
        new RecordDeserializer<DeadLetterRecord>(registry, Schemas.DeadLetter, TimeProvider.System);
}
