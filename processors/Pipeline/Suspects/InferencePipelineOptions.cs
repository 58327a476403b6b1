using Confluent.SchemaRegistry;
using Prometheus;
using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Pipeline.Suspects;

/// <summary>What an <see cref="InferencePipeline"/> reads, writes and tells.</summary>
public sealed record InferencePipelineOptions
{
    /// <summary>Default of <see cref="Group"/>.</summary>
    public const string DefaultGroup = "inference";

    /// <summary>Settings of consumer, producer and serializers; <c>bootstrap.servers</c> at least.</summary>
    public required ClientSettings Kafka { get; init; }

    /// <summary>Where schemas are looked up and registered. Not disposed by the pipeline.</summary>
    public required ISchemaRegistryClient Registry { get; init; }

    /// <summary>Consumer group. Workers of one group share the partitions, and so the behaviours.</summary>
    public string Group { get; init; } = DefaultGroup;

    /// <summary>Topic of events for the model.</summary>
    public string SuspectTopic { get; init; } = Topics.Suspects;

    /// <summary>Topic of alerts. Dead letters go to <see cref="Topics.DeadLetters"/> of <see cref="SuspectTopic"/>.</summary>
    public string AlertTopic { get; init; } = Topics.Alerts;

    /// <summary>Most records in a batch. A batch's alerts are written and its offsets finished together: an answer waits for the slowest.</summary>
    public int BatchRecords { get; init; } = 16;

    /// <summary>
    /// Batches judged at the same time; their results keep their order. With <see cref="BatchRecords"/> it should exceed the
    /// engine's pending requests, or the model waits for events.
    /// </summary>
    public int Parallelism { get; init; } = 16;

    /// <summary>Batches whose alerts wait for acknowledgement.</summary>
    public int MaxInFlightBatches { get; init; } = 16;

    /// <summary>Called with each acknowledged alert, on the stream's thread: it must not block. Null for none.</summary>
    public Action<AlertRecord>? OnAlert { get; init; }

    /// <summary>First and longest pause before a failed stream starts again; it doubles in between.</summary>
    public (TimeSpan First, TimeSpan Longest) Backoff { get; init; } = (TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));

    /// <summary>Name of this worker in dead letters.</summary>
    public string Worker { get; init; } = Environment.MachineName;

    /// <summary>Where metrics are registered.</summary>
    public CollectorRegistry Metrics { get; init; } = Prometheus.Metrics.NewCustomRegistry();

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
