using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>
/// Reads events in Confluent's wire format. A record of our own schema is decoded in place by
/// <see cref="SyscallEventDecoder"/>; one of another version of it is resolved to ours first, as Avro says
/// (fields added with a default, left out, moved, widened), which is slower.
/// </summary>
/// <remarks>
/// Each schema id is asked of the registry once; an id that it does not know is asked again with each record, for it may be
/// registered meanwhile, but at most once a second. Not thread safe: one for each thread.
/// </remarks>
public sealed class SyscallEventDeserializer : IDeserializer<SyscallEvent>
{
    private readonly WriterSchemas _writers;
    private readonly SyscallEventDecoder _decoder;
    private int _ownId = -1;

    /// <param name="registry">Where schema ids are looked up.</param>
    /// <param name="decoder">Decoder with its process cache; null for one with defaults.</param>
    /// <param name="time">Clock for asking again; null for the system's.</param>
    public SyscallEventDeserializer(ISchemaRegistryClient registry, SyscallEventDecoder? decoder = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _writers = new WriterSchemas(registry, Schemas.SyscallEvent, time ?? TimeProvider.System);
        _decoder = decoder ?? new SyscallEventDecoder();
    }

    /// <summary>
    /// Fills <paramref name="into"/> from a whole record. Its texts are slices of <paramref name="record"/> and valid until
    /// that changes.
    /// </summary>
    /// <exception cref="RecordFormatException">The record is no event; <see cref="RecordFormatException.Reason"/> says of which kind.</exception>
    /// <exception cref="RegistryUnavailableException">The record's schema is new, and the registry did not answer.</exception>
    public void Deserialize(byte[] record, SyscallEvent into)
    {
        ArgumentNullException.ThrowIfNull(record);
        var id = WireFormat.ReadSchemaId(record);
        try
        {
            if (id == _ownId)
            {
                _decoder.Decode(record, WireFormat.PrefixBytes, record.Length - WireFormat.PrefixBytes, into);
                return;
            }

            DecodeOther(id, record, into);
        }
        catch (AvroFormatException e)
        {
            throw RecordFormatException.From(e, id);
        }
    }

    /// <summary>As the other, in a new event with memory of its own. A null value (a tombstone) is a corrupt record.</summary>
    /// <exception cref="RecordFormatException">The record is no event.</exception>
    public SyscallEvent Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull)
            throw new RecordFormatException(DeadLetterReasons.Corrupt, "record without a value; an event is expected");

        var read = new SyscallEvent();
        Deserialize(data.ToArray(), read);
        return read;
    }

    private void DecodeOther(int id, byte[] record, SyscallEvent into)
    {
        var writer = _writers.Get(id);
        if (writer.IsOurs)
        {
            _ownId = id;
            _decoder.Decode(record, WireFormat.PrefixBytes, record.Length - WireFormat.PrefixBytes, into);
            return;
        }

        var resolved = writer.Resolve(record);
        _decoder.Decode(resolved, 0, resolved.Length, into);
    }
}
