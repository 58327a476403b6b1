namespace Syscribe.Local;

/// <summary>What the command line of <c>infra/up</c> asked for.</summary>
public sealed record LocalOptions
{
    /// <summary>How long to run; null: until Ctrl-C.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Whether to stop as soon as every scenario has been played.</summary>
    public bool Once { get; init; }

    /// <summary>Where the JSON summary goes at the end; null: nowhere.</summary>
    public FileInfo? Report { get; init; }

    /// <summary>A real Kafka, HOST:PORT; null: the embedded broker.</summary>
    public string? Bootstrap { get; init; }

    /// <summary>A real schema registry's URL; null: the embedded registry.</summary>
    public string? SchemaRegistry { get; init; }

    /// <summary>Rule files or directories; empty: the default rules.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary><see cref="Model"/> for the rules alone.</summary>
    public const string NoModel = "none";

    /// <summary>The model, a GGUF file, or <see cref="NoModel"/>; null: the one that comes with the program, if one does.</summary>
    public string? Model { get; init; }

    /// <summary>Whether, in place of the scenarios, all variants are played once and compared under three detectors.</summary>
    public bool Compare { get; init; }

    /// <summary>Where the variants' events go, with their labels beside them; null: nowhere.</summary>
    public FileInfo? Record { get; init; }

    /// <summary>Whether the scenarios are played once.</summary>
    public bool PlayScenarios { get; init; } = true;

    /// <summary>A recorded capture to replay in place of live capture.</summary>
    public FileInfo? Replay { get; init; }

    /// <summary>Lines in place of the live view, as where the output is no terminal.</summary>
    public bool Plain { get; init; }

    /// <summary>Node name in events; null: the host name.</summary>
    public string? Node { get; init; }

    /// <summary>Processes that are not captured, as a Kafka broker on this machine, whose work for each event would make events.</summary>
    public IReadOnlyList<int> ExcludeProcesses { get; init; } = [];

    /// <summary>Settings for librdkafka and the registry client, by their own names.</summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } = new Dictionary<string, string>();
}
