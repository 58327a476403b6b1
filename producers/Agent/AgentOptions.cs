using System.Globalization;
using Syscribe.Containers;
using Syscribe.Kafka;

namespace Syscribe.Agent;

/// <summary>What an agent captures or replays, and where it publishes it. <see cref="Validate"/> names what is wrong.</summary>
public sealed record AgentOptions
{
    /// <summary>Kafka's address, <c>HOST:PORT</c>, several separated by commas. Required.</summary>
    public required string Bootstrap { get; init; }

    /// <summary>Address of the schema registry, <c>http://HOST:PORT</c>, several separated by commas. Required.</summary>
    public required string SchemaRegistry { get; init; }

    /// <summary>Node name in events and keys. Default: this host's name. A replay keeps the names that were recorded.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>Further settings of librdkafka, the registry client and its serializers, by their own names. Default: none.</summary>
    public ClientSettings Client { get; init; } = new();

    /// <summary>Topic that events go to. Default: <c>syscalls.v1</c>.</summary>
    public string Topic { get; init; } = Events.Topics.Syscalls;

    /// <summary>TCP port of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>; null, the default: no endpoint.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>The kernel's ring buffer in MiB, a power of two. Default: 32. It holds the events while the cluster is away.</summary>
    public int RingMegabytes { get; init; } = AgentConstants.RingMegabytes;

    /// <summary>First bytes kept of what read, write, send and recv carry, 0 to 256. Default: 80.</summary>
    public int DataBytes { get; init; } = AgentConstants.DataBytes;

    /// <summary>System calls that are not captured, by kernel name. Not together with <see cref="OnlySyscalls"/>.</summary>
    public IReadOnlyList<string> ExcludeSyscalls { get; init; } = [];

    /// <summary>If any are named, only these are captured; process life (fork, exec, exit) always is.</summary>
    public IReadOnlyList<string> OnlySyscalls { get; init; } = [];

    /// <summary>Processes that are not captured besides the agent's own, by id.</summary>
    public IReadOnlyList<int> ExcludeProcesses { get; init; } = [];

    /// <summary>Where the metadata of containers comes from. Default: the runtimes whose usual sockets are there. Null: containers have an id only.</summary>
    public ContainerOptions? Containers { get; init; } = new();

    /// <summary>If not null, the agent publishes this recording instead of live events; the capture options mean nothing then.</summary>
    public ReplayOptions? Replay { get; init; }

    /// <summary>
    /// Asked every 512 events: while it says true the agent reads nothing, so that the kernel's ring, whose drops are
    /// counted, is the buffer. For a broker that keeps little, as the embedded one. Default: never.
    /// </summary>
    public Func<bool> Hold { get; init; } = static () => false;

    /// <summary>How long a stop waits for the cluster to take what is on the way. Default: 10 s. What is left is dropped and counted.</summary>
    public TimeSpan StopTimeout { get; init; } = AgentConstants.StopTimeout;

    /// <summary>Where the agent says what a person should know, one line a call. Default: nowhere.</summary>
    public Action<string> Say { get; init; } = static _ => { };

    /// <summary>Everything that is wrong with these options, one sentence each; empty if nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = ValidateCapture();
        Check(errors, IsAddressList(Bootstrap), $"--bootstrap \"{Bootstrap}\" is no HOST:PORT list, as broker-1:9092,broker-2:9092.");
        Check(errors, IsUrlList(SchemaRegistry), $"--schema-registry \"{SchemaRegistry}\" is no http or https address, as http://registry:8081.");
        Check(errors, MetricsPort is null or (> 0 and <= 65535), $"--metrics-port {MetricsPort} is out of range: 1 to 65535.");
        Check(
            errors,
            Replay is null or { Speed: > 0 },
            string.Create(CultureInfo.InvariantCulture, $"--speed {Replay?.Speed} is no speed: a factor over 0, 1 as recorded, or max."));
        return errors;
    }

    /// <summary>The part of <see cref="Validate"/> that concerns capturing.</summary>
    internal List<string> ValidateCapture()
    {
        var errors = new List<string>();
        Check(
            errors,
            Node.Length is > 0 and <= 253 && !Node.Contains('/'),
            $"--node \"{Node}\" must have 1 to 253 characters, / not among them.");
        Check(
            errors,
            RingMegabytes is > 0 and <= 1024 && int.IsPow2(RingMegabytes),
            $"--ring-mb {RingMegabytes} is no size of a ring buffer: a power of two from 1 to 1024.");
        Check(errors, DataBytes is >= 0 and <= 256, $"--data-bytes {DataBytes} is out of range: 0 to 256.");
        Check(
            errors,
            Containers is null || (Containers.Wait >= TimeSpan.Zero && Containers.Wait <= AgentConstants.LongestContainerWait),
            $"--container-wait {Containers?.Wait.TotalSeconds} s is out of range: 0 to {AgentConstants.LongestContainerWait.TotalSeconds} s.");
        Check(
            errors,
            ExcludeSyscalls.Count == 0 || OnlySyscalls.Count == 0,
            "--exclude-syscall and --only-syscall exclude each other: name what to leave out, or what to keep.");
        return errors;
    }

    /// <summary>All client settings: the agent's defaults, then <see cref="Client"/>, then the two addresses.</summary>
    internal ClientSettings AllSettings()
    {
        var settings = Client.Copy();
        foreach (var (name, value) in AgentConstants.Producer)
        {
            settings.Set(name, settings[name] ?? value);
        }

        return settings.Set("bootstrap.servers", Bootstrap).Set("schema.registry.url", SchemaRegistry);
    }

    private static void Check(List<string> errors, bool holds, string error)
    {
        if (!holds)
        {
            errors.Add(error);
        }
    }

    private static bool IsAddressList(string addresses) => addresses.Split(',').All(static address =>
        address.LastIndexOf(':') is > 0 and var colon
        && ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0);

    private static bool IsUrlList(string urls) => urls.Split(',').All(static url =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");
}

/// <summary>How a recording is played back.</summary>
/// <param name="File">Avro object container file, as <c>syscribe-agent record</c> writes it.</param>
public sealed record ReplayOptions(string File)
{
    /// <summary>1: in the time that the recording took. 2: in half of it. Infinity, the default: as fast as the cluster takes it.</summary>
    public double Speed { get; init; } = double.PositiveInfinity;

    /// <summary>Whether to start over at the end, until stopped. Default: no. Events keep their times and numbers each time.</summary>
    public bool Loop { get; init; }
}
