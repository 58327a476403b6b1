using Avro;
using Avro.Generic;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>One schema that records were written with, and how to bring them to ours.</summary>
internal sealed class WriterSchema
{
    private readonly int _id;
    private readonly SchemaResolver _resolver;

    /// <exception cref="RecordFormatException">The text is no schema, or one that ours cannot read.</exception>
    public WriterSchema(int id, string text, string ours)
    {
        _id = id;
        try
        {
            _resolver = new SchemaResolver(text, ours);
        }
        catch (AvroException e)
        {
            throw new RecordFormatException(DeadLetterReasons.UnknownSchema, $"schema id {id}: {e.Message}", e);
        }
    }

    /// <summary>Whether the bytes mean the same as with our schema.</summary>
    public bool IsOurs => _resolver.IsOurs;

    /// <summary>The record after the prefix, as Avro binary of our schema.</summary>
    /// <exception cref="RecordFormatException">The bytes are not of this schema.</exception>
    public byte[] Resolve(byte[] record) => Whole(record, (int length, out int consumed) =>
        _resolver.Resolve(record, WireFormat.PrefixBytes, length, out consumed));

    /// <summary>The record after the prefix, with the fields of our schema.</summary>
    /// <exception cref="RecordFormatException">The bytes are not of this schema.</exception>
    public GenericRecord Read(byte[] record) => Whole(record, (int length, out int consumed) =>
        _resolver.Read(record, WireFormat.PrefixBytes, length, out consumed));

    private delegate T Reading<T>(int length, out int consumed);

    private T Whole<T>(byte[] record, Reading<T> read)
    {
        var length = record.Length - WireFormat.PrefixBytes;
        try
        {
            var value = read(length, out var consumed);
            return consumed == length
                ? value
                : throw new AvroFormatException(AvroFault.Corrupt, "of the writer's schema", consumed, $"{length - consumed} bytes after the last field; none is allowed");
        }
        catch (AvroFormatException e)
        {
            throw RecordFormatException.From(e, _id);
        }
    }
}
