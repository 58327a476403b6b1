using Syscribe.Events;
using Syscribe.Inference.Verdicts;
using Syscribe.Kafka;
using Syscribe.Pipeline.Suspects;
using Syscribe.Rules;

namespace Syscribe.Worker;

/// <summary>What an <see cref="InferenceWorker"/> works with, beside its model.</summary>
public sealed record InferenceWorkerOptions
{
    /// <summary>Settings of all clients; <c>bootstrap.servers</c> and <c>schema.registry.url</c> at least.</summary>
    public required ClientSettings Client { get; init; }

    /// <summary>Consumer group.</summary>
    public string Group { get; init; } = InferencePipelineOptions.DefaultGroup;

    /// <summary>Rule files or directories with which the model's alerts are checked; empty (default): the default rules.</summary>
    public IReadOnlyList<string> RulePaths { get; init; } = [];

    /// <summary>How the rules are loaded.</summary>
    public RuleLoadOptions Loading { get; init; } = new();

    /// <summary>Size and age of the verdict cache.</summary>
    public VerdictCacheOptions Cache { get; init; } = new();

    /// <summary>TCP port of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Called with each acknowledged alert, on the stream's thread: it must not block. Null for none.</summary>
    public Action<AlertRecord>? OnAlert { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
