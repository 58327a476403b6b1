namespace Syscribe.Pipeline.Producing;

/// <summary>How a <see cref="KafkaProducerFlow{T}"/> writes.</summary>
public sealed record KafkaProducerOptions
{
    /// <summary>
    /// librdkafka's producer settings by their own names; at least <c>bootstrap.servers</c>. Defaults other than
    /// librdkafka's: <c>enable.idempotence=true</c> (which means <c>acks=all</c>), <c>linger.ms=5</c>,
    /// <c>compression.type=lz4</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Client { get; init; }

    /// <summary>Batches whose acknowledgement is outstanding; when they are reached the flow takes no more.</summary>
    public int MaxInFlightBatches { get; init; } = 16;

    /// <summary>How long to wait before the client's full queue is tried again.</summary>
    public TimeSpan QueueFullRetry { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <exception cref="ArgumentException">A setting is missing or out of range.</exception>
    internal Dictionary<string, string> EffectiveClient()
    {
        if (!Client.ContainsKey("bootstrap.servers"))
        {
            throw new ArgumentException("producer setting bootstrap.servers is missing");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlightBatches, 1);
        var settings = new Dictionary<string, string>(Client, StringComparer.Ordinal);
        settings.TryAdd("enable.idempotence", "true");
        settings.TryAdd("linger.ms", "5");
        settings.TryAdd("compression.type", "lz4");
        return settings;
    }
}
