using Syscribe.Events;
using Syscribe.Inference.Verdicts;
using Syscribe.Kafka;
using Syscribe.Pipeline.Suspects;

namespace Syscribe.Worker;

/// <summary>What an <see cref="InferenceWorker"/> works with, beside its model.</summary>
public sealed record InferenceWorkerOptions
{
    /// <summary>Settings of all clients; <c>bootstrap.servers</c> and <c>schema.registry.url</c> at least.</summary>
    public required ClientSettings Client { get; init; }

    /// <summary>Consumer group.</summary>
    public string Group { get; init; } = InferencePipelineOptions.DefaultGroup;

    /// <summary>Lowest score of an alert, 0 to 1; 0 (default) takes the model's word.</summary>
    public double Threshold { get; init; }

    /// <summary>Size and age of the verdict cache.</summary>
    public VerdictCacheOptions Cache { get; init; } = new();

    /// <summary>TCP port of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Called with each acknowledged alert, on the stream's thread: it must not block. Null for none.</summary>
    public Action<AlertRecord>? OnAlert { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
