using System.Buffers.Binary;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>
/// Confluent's wire format: byte 0 is 0, bytes 1 to 4 the schema id, big endian, then Avro binary.
/// <see href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format" />
/// </summary>
internal static class WireFormat
{
    public const int PrefixBytes = 5;

    private const byte Magic = 0;

    public static void WritePrefix(Span<byte> record, int schemaId)
    {
        record[0] = Magic;
        BinaryPrimitives.WriteInt32BigEndian(record[1..], schemaId);
    }

    /// <exception cref="RecordFormatException">There is no such prefix.</exception>
    public static int ReadSchemaId(ReadOnlySpan<byte> record)
    {
        if (record.IsEmpty)
            throw new RecordFormatException(DeadLetterReasons.Truncated, $"empty record; magic byte 0 and a 4-byte schema id come first");

        if (record[0] != Magic)
            throw new RecordFormatException(DeadLetterReasons.BadMagic, $"first byte is 0x{record[0]:x2}; Confluent's wire format starts with 0x00 and a 4-byte schema id");

        if (record.Length < PrefixBytes)
            throw new RecordFormatException(DeadLetterReasons.Truncated, $"record of {record.Length} bytes; magic byte and schema id take {PrefixBytes}");

        return BinaryPrimitives.ReadInt32BigEndian(record[1..]);
    }
}
