using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>A Kafka record that cannot be read, now or ever: it belongs into the dead-letter topic.</summary>
public sealed class RecordFormatException : FormatException
{
    public RecordFormatException(string reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>One of <see cref="DeadLetterReasons"/>.</summary>
    public string Reason { get; }

    internal static RecordFormatException From(AvroFormatException e, int schemaId) =>
        new(e.Fault == AvroFault.Truncated ? DeadLetterReasons.Truncated : DeadLetterReasons.Corrupt, $"record of schema id {schemaId}: {e.Message}", e);
}
