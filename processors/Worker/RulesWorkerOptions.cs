using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Kafka;
using Syscribe.Pipeline.Rules;
using Syscribe.Rules;

namespace Syscribe.Worker;

/// <summary>What a <see cref="RulesWorker"/> works with.</summary>
public sealed record RulesWorkerOptions
{
    /// <summary>Settings of all clients; <c>bootstrap.servers</c> and <c>schema.registry.url</c> at least.</summary>
    public required ClientSettings Client { get; init; }

    /// <summary>Consumer group.</summary>
    public string Group { get; init; } = RulesPipelineOptions.DefaultGroup;

    /// <summary>Rule files and directories, in order; empty means the rules that ship with Syscribe.</summary>
    public IReadOnlyList<string> RulePaths { get; init; } = [];

    /// <summary>Chooses the events that go on to the model; null (default) for none.</summary>
    public SuspectSelector? Suspects { get; init; }

    /// <summary>How rules are loaded.</summary>
    public RuleLoadOptions Loading { get; init; } = new();

    /// <summary>
    /// Whether the domain names in rules are asked for, in the background. Default true, as in Falco. Without effect where
    /// <see cref="Loading"/> has a resolver.
    /// </summary>
    public bool ResolveNames { get; init; } = true;

    /// <summary>Where alerts are also written as Falco JSON lines: a file, <c>-</c> for standard output, null for nowhere.</summary>
    public string? FalcoJson { get; init; }

    /// <summary>TCP port of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Read the topic again from its first record, whatever the group has committed. For the only worker of a group.</summary>
    public bool FromBeginning { get; init; }

    /// <summary>Called with each acknowledged alert, on the stream's thread: it must not block. Null for none.</summary>
    public Action<AlertRecord>? OnAlert { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
