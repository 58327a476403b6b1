namespace Syscribe.Pipeline.Producing;

/// <summary>What a <see cref="KafkaProducerFlow{T}"/> writes and passes on as one element.</summary>
public interface IOutBatch
{
    /// <summary>Records to write, in order; may be empty. Not changed while the batch is in the flow.</summary>
    IReadOnlyList<OutRecord> Records { get; }
}
