using Confluent.Kafka;
using Syscribe.Kafka;

namespace Syscribe.Pipeline.Consuming;

/// <summary>What a <see cref="KafkaSource"/> reads and how much it holds.</summary>
public sealed record KafkaSourceOptions
{
    // Settings on which the source's promises rest; a user who sets one otherwise is told instead of overruled.
    private static readonly (string Name, string Value)[] Owned =
    [
        ("enable.auto.commit", "true"), ("enable.auto.offset.store", "false"), ("enable.partition.eof", "false"),
        ("dotnet.consumer.consume.result.fields", "topic,timestamp"),
    ];

    /// <summary>
    /// The client's settings; <c>bootstrap.servers</c> at least. Default other than librdkafka's and
    /// <see cref="ClientSettings"/>': <c>auto.commit.interval.ms=1000</c>.
    /// </summary>
    public required ClientSettings Client { get; init; }

    /// <summary>Consumer group; its members share the partitions.</summary>
    public required string Group { get; init; }

    /// <summary>Topic to read.</summary>
    public required string Topic { get; init; }

    /// <summary>Most records in a batch. More make the per-batch cost smaller and the latency under load larger.</summary>
    public int BatchRecords { get; init; } = 4096;

    /// <summary>Key and value bytes at which a batch is closed; one batch exceeds it by at most one record.</summary>
    public int BatchBytes { get; init; } = 4 << 20;

    /// <summary>Batches handed to the stream and not yet taken by it. When they are reached the consumer stops reading.</summary>
    public int BufferedBatches { get; init; } = 2;

    /// <summary>
    /// How long the stream may take nothing before the partitions are paused. Pausing throws away what librdkafka has
    /// prefetched, so a short stall must not cause it; until then the group's callbacks wait, so a long one must.
    /// </summary>
    public TimeSpan StallBeforePause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a revoked partition's records in flight may take to finish before the partition is given away; what is not
    /// finished then is read again by its next owner.
    /// </summary>
    public TimeSpan RevokeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long records in flight may take to finish at a graceful stop; the rest is read again later.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a broker that stays away is mentioned again in the log.</summary>
    public TimeSpan AwayLogInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where set, the topic is read again from its first record. The same object for each run of the source.</summary>
    public Replay? Replay { get; init; }

    /// <summary>Clock for timeouts and intervals.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">A setting is owned by the source, or out of range.</exception>
    /// <exception cref="InvalidOperationException"><c>bootstrap.servers</c> is not set.</exception>
    internal ConsumerConfig EffectiveClient()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchRecords, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferedBatches, 1);
        var config = Client.ForConsumer(Group);
        foreach (var (name, value) in Owned)
        {
            if ((Client[$"consumer.{name}"] ?? Client[name]) is { } given && given != value)
            {
                throw new ArgumentException(
                    $"consumer setting {name}={given}: the pipeline commits by itself and needs {name}={value}; leave it out");
            }

            config.Set(name, value);
        }

        config.AutoCommitIntervalMs ??= 1000;
        return config;
    }
}
