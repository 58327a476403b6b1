using Avro;
using Avro.Specific;

namespace Syscribe.Events;

/// <summary>
/// A record that could not be handled, whole, with the reason: the C# form of <c>schemas/avro/dead-letter.avsc</c>.
/// </summary>
public sealed class DeadLetterRecord : ISpecificRecord
{
    /// <summary>The schema; read by Apache.Avro and by Confluent's serializer under this name.</summary>
    public static readonly Schema _SCHEMA = Schema.Parse(Schemas.DeadLetter);

    /// <inheritdoc />
    public Schema Schema => _SCHEMA;

    public string Topic { get; set; } = "";

    public int Partition { get; set; }

    public long Offset { get; set; }

    public long TimestampMs { get; set; }

    public byte[]? Key { get; set; }

    public byte[]? Value { get; set; }

    /// <summary>One of <see cref="DeadLetterReasons"/>.</summary>
    public string Reason { get; set; } = "";

    public string Detail { get; set; } = "";

    public string Stage { get; set; } = "";

    public string Worker { get; set; } = "";

    public long FailedAtMs { get; set; }

    /// <inheritdoc />
    public object? Get(int fieldPos) => fieldPos switch
    {
        0 => Topic,
        1 => Partition,
        2 => Offset,
        3 => TimestampMs,
        4 => Key,
        5 => Value,
        6 => Reason,
        7 => Detail,
        8 => Stage,
        9 => Worker,
        10 => FailedAtMs,
        _ => throw RecordValues.NoField(_SCHEMA, fieldPos),
    };

    /// <inheritdoc />
    public void Put(int fieldPos, object? fieldValue)
    {
        switch (fieldPos)
        {
            case 0: Topic = RecordValues.Text(fieldValue); break;
            case 1: Partition = RecordValues.Int(fieldValue); break;
            case 2: Offset = RecordValues.Long(fieldValue); break;
            case 3: TimestampMs = RecordValues.Long(fieldValue); break;
            case 4: Key = RecordValues.Bytes(fieldValue); break;
            case 5: Value = RecordValues.Bytes(fieldValue); break;
            case 6: Reason = RecordValues.Text(fieldValue); break;
            case 7: Detail = RecordValues.Text(fieldValue); break;
            case 8: Stage = RecordValues.Text(fieldValue); break;
            case 9: Worker = RecordValues.Text(fieldValue); break;
            case 10: FailedAtMs = RecordValues.Long(fieldValue); break;
            default: throw RecordValues.NoField(_SCHEMA, fieldPos);
        }
    }
}
