using Confluent.Kafka;
using Syscribe.Events;
using Syscribe.Pipeline.Producing;

namespace Syscribe.Pipeline.Rules;

/// <summary>Makes the record of the dead-letter topic for a record that could not be handled.</summary>
internal sealed class DeadLetterWriter(
    IAsyncSerializer<DeadLetterRecord> serializer, string topic, string worker, TimeProvider time)
{
    /// <summary>
    /// Bytes of the original value that a dead letter carries at most, so that it fits, with its own fields, into a broker's
    /// default <c>message.max.bytes</c> of 1,048,588. A longer one is cut, and the detail says so.
    /// </summary>
    public const int MaxValueBytes = 900_000;

    private const int MaxDetailChars = 4096;

    public async Task<OutRecord> WriteAsync(ConsumeResult<byte[]?, byte[]?> record, string reason, string detail, string stage)
    {
        var value = record.Message.Value;
        if (value?.Length > MaxValueBytes)
        {
            detail = $"{detail} (value cut here from {value.Length} to {MaxValueBytes} bytes)";
            value = value[..MaxValueBytes];
        }

        var letter = new DeadLetterRecord
        {
            Topic = record.Topic,
            Partition = record.Partition.Value,
            Offset = record.Offset.Value,
            TimestampMs = record.Message.Timestamp.UnixTimestampMs,
            Key = record.Message.Key,
            Value = value,
            Reason = reason,
            Detail = Alerts.PrintableText.Of(detail, MaxDetailChars),
            Stage = stage,
            Worker = worker,
            FailedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var context = new SerializationContext(MessageComponentType.Value, topic);
        return new OutRecord(topic, record.Message.Key, await serializer.SerializeAsync(letter, context));
    }
}
