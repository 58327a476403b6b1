using Avro;
using Avro.Generic;
using Avro.IO;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>One schema that records were written with, and how to bring them to ours.</summary>
internal sealed class WriterSchema
{
    private readonly int _id;
    private readonly Schema _ours;
    private readonly GenericReader<GenericRecord> _reader;

    /// <exception cref="RecordFormatException">The text is no schema, or one that ours cannot read.</exception>
    public WriterSchema(int id, string text, Schema ours)
    {
        _id = id;
        _ours = ours;
        try
        {
            var writer = Schema.Parse(text);
            if (!ours.CanRead(writer))
                throw new AvroException($"schema {writer.Fullname} cannot be read as {ours.Fullname}");

            // Docs and other attributes that do not bear on the bytes are left out of this comparison.
            IsOurs = SchemaNormalization.ToParsingForm(writer) == SchemaNormalization.ToParsingForm(ours);
            _reader = new GenericReader<GenericRecord>(writer, ours);
        }
        catch (AvroException e)
        {
            throw new RecordFormatException(DeadLetterReasons.UnknownSchema, $"schema id {id}: {e.Message}", e);
        }
    }

    /// <summary>Whether the bytes mean the same as with our schema.</summary>
    public bool IsOurs { get; }

    /// <summary>The record from <paramref name="offset"/> on, as Avro binary of our schema.</summary>
    /// <exception cref="RecordFormatException">The bytes are not of this schema.</exception>
    public byte[] Resolve(byte[] record, int offset)
    {
        using var output = new MemoryStream(record.Length);
        new GenericWriter<GenericRecord>(_ours).Write(Read(record, offset), new BinaryEncoder(output));
        return output.ToArray();
    }

    /// <summary>The record from <paramref name="offset"/> on, with the fields of our schema.</summary>
    /// <exception cref="RecordFormatException">The bytes are not of this schema.</exception>
    public GenericRecord Read(byte[] record, int offset)
    {
        using var input = new MemoryStream(record, offset, record.Length - offset, writable: false);
        GenericRecord values;
        // Null is "no record to reuse"; Apache.Avro's signature does not say so.
        try
        {
            values = _reader.Read(null!, new BinaryDecoder(input));
        }
        catch (Exception e)
        {
            // Apache.Avro meets corrupt bytes with whatever its stream or arrays throw.
            var reason = input.Position >= input.Length ? DeadLetterReasons.Truncated : DeadLetterReasons.Corrupt;
            throw new RecordFormatException(reason, $"record of schema id {_id}, at byte {offset + input.Position}: {e.Message}", e);
        }

        if (input.Position != input.Length)
            throw new RecordFormatException(DeadLetterReasons.Corrupt, $"record of schema id {_id}: {input.Length - input.Position} bytes after the last field; none is allowed");

        return values;
    }
}
