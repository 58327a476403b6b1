using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>
/// Reads records of <typeparamref name="T"/> in Confluent's wire format, resolved from whichever schema they were written
/// with. Confluent's <c>AvroDeserializer</c> finds C# classes by the schema's full name only, which
/// <c>syscribe.v1</c> is not in C#; so Apache.Avro's generic reader reads, and the record takes the values.
/// </summary>
internal sealed class RecordDeserializer<T> : IDeserializer<T>
    where T : ISpecificRecord, new()
{
    private readonly WriterSchemas _writers;

    public RecordDeserializer(ISchemaRegistryClient registry, string schema, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _writers = new WriterSchemas(registry, schema, time);
    }

    /// <exception cref="RecordFormatException">The bytes are no such record.</exception>
    public T Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull)
            throw new RecordFormatException(DeadLetterReasons.Corrupt, $"record without a value; a {typeof(T).Name} is expected");

        var writer = _writers.Get(WireFormat.ReadSchemaId(data));
        var values = writer.Read(data.ToArray());
        var record = new T();
        foreach (var field in values.Schema.Fields)
            record.Put(field.Pos, values.GetValue(field.Pos));

        return record;
    }
}
