using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Pipeline.Producing;

/// <summary>How a <see cref="KafkaProducerFlow{T}"/> writes.</summary>
public sealed record KafkaProducerOptions
{
    /// <summary>The client's settings; <c>bootstrap.servers</c> at least. <see cref="ClientSettings"/> says what a producer starts from.</summary>
    public required ClientSettings Client { get; init; }

    /// <summary>Batches whose acknowledgement is outstanding; when they are reached the flow takes no more.</summary>
    public int MaxInFlightBatches { get; init; } = 16;

    /// <summary>How long to wait before the client's full queue is tried again.</summary>
    public TimeSpan QueueFullRetry { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Makes another client than Confluent's, for tests of timing.</summary>
    internal Func<IProducer<byte[]?, byte[]?>>? NewProducer { get; init; }

    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="InvalidOperationException"><c>bootstrap.servers</c> is not set.</exception>
    internal ProducerConfig EffectiveClient()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlightBatches, 1);
        return Client.ForProducer();
    }
}
