using Confluent.Kafka;

namespace Syscribe.Pipeline.Producing;

/// <summary>A record was not acknowledged, after all retries of the client.</summary>
public sealed class DeliveryException(string topic, Error error)
    : Exception($"Produce to {topic} failed: {error.Code} ({(int)error.Code}): {error.Reason}")
{
    /// <summary>Topic of the record.</summary>
    public string Topic { get; } = topic;

    /// <summary>What the client or broker said.</summary>
    public Error Error { get; } = error;
}
