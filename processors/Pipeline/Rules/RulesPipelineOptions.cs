using Confluent.SchemaRegistry;
using Prometheus;
using Syscribe.Alerts;
using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Kafka;

namespace Syscribe.Pipeline.Rules;

/// <summary>What a <see cref="RulesPipeline"/> reads, writes and tells.</summary>
public sealed record RulesPipelineOptions
{
    /// <summary>Default of <see cref="Group"/>.</summary>
    public const string DefaultGroup = "rules";

    /// <summary>Settings of consumer, producer and serializers; <c>bootstrap.servers</c> at least.</summary>
    public required ClientSettings Kafka { get; init; }

    /// <summary>Where schemas are looked up and registered. Not disposed by the pipeline.</summary>
    public required ISchemaRegistryClient Registry { get; init; }

    /// <summary>Consumer group. Workers of one group share the partitions.</summary>
    public string Group { get; init; } = DefaultGroup;

    /// <summary>Topic of events.</summary>
    public string EventTopic { get; init; } = Topics.Syscalls;

    /// <summary>Topic of alerts. Dead letters go to <see cref="Topics.DeadLetters"/> of <see cref="EventTopic"/>.</summary>
    public string AlertTopic { get; init; } = Topics.Alerts;

    /// <summary>Read the topic again from its first record, whatever the group has committed: for one worker, see <see cref="Consuming.Replay"/>.</summary>
    public bool FromBeginning { get; init; }

    /// <summary>Chooses the events that go on to the model; null (default) for none.</summary>
    public SuspectSelector? Suspects { get; init; }

    /// <summary>Topic of events for the model, keyed by behaviour signature in hexadecimal. Ignored without <see cref="Suspects"/>.</summary>
    public string SuspectTopic { get; init; } = Topics.Suspects;

    /// <summary>Batches evaluated at the same time; their results keep their order.</summary>
    public int Parallelism { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Batches whose alerts wait for acknowledgement.</summary>
    public int MaxInFlightBatches { get; init; } = 16;

    /// <summary>Also get each alert, once acknowledged. Written by the pipeline alone; disposed by their owner.</summary>
    public IReadOnlyList<FalcoJsonLog> Logs { get; init; } = [];

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
