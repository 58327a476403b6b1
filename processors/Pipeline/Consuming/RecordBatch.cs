using Confluent.Kafka;

namespace Syscribe.Pipeline.Consuming;

/// <summary>What one drain of the consumer gave: records of one or more partitions, in order within each partition.</summary>
/// <param name="Records">At least one.</param>
/// <param name="Offsets">To be finished once everything made from the records is acknowledged.</param>
public sealed record RecordBatch(IReadOnlyList<ConsumeResult<byte[]?, byte[]?>> Records, BatchOffsets Offsets);
