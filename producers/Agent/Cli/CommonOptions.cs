using System.CommandLine;
using Syscribe.Containers;
using Syscribe.Kafka;

namespace Syscribe.Agent.Cli;

/// <summary>The options that several commands share, and how they become <see cref="AgentOptions"/>.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string> _bootstrap = new("--bootstrap")
    {
        Description = "Kafka's address, several separated by commas.",
        HelpName = "HOST:PORT",
        Required = true,
    };

    private readonly Option<string> _registry = new("--schema-registry")
    {
        Description = "Address of the schema registry.",
        HelpName = "URL",
        Required = true,
    };

    private readonly Option<string[]> _client = new("-X")
    {
        Description = "A setting of librdkafka or of the registry client (schema.registry.*, avro.serializer.*) by its own name.",
        HelpName = "name=value",
    };

    private readonly Option<FileInfo[]> _clientFile = new("--client-config")
    {
        Description = "A file of such settings, one name=value a line; secrets belong there or into SYSCRIBE_KAFKA_* variables.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _metricsPort = new("--metrics-port")
    {
        Description = "Serve /healthz, /readyz and /metrics on this TCP port.",
        HelpName = "N",
    };

    private readonly Option<string> _node = new("--node")
    {
        Description = "Node name in events and record keys.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => Environment.MachineName,
    };

    private readonly Option<int> _ring = new("--ring-mb")
    {
        Description = "Size of the kernel's ring buffer, MiB, a power of two.",
        HelpName = "N",
        DefaultValueFactory = static _ => AgentConstants.RingMegabytes,
    };

    private readonly Option<int> _data = new("--data-bytes")
    {
        Description = "First bytes kept of what read, write, send and recv carry, 0 to 256.",
        HelpName = "N",
        DefaultValueFactory = static _ => AgentConstants.DataBytes,
    };

    private readonly Option<string[]> _exclude = new("--exclude-syscall")
    {
        Description = "Do not capture this system call.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _only = new("--only-syscall")
    {
        Description = "Capture only this system call (and process life).",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int[]> _excludePid = new("--exclude-pid")
    {
        Description = "Do not capture this process; the agent itself never is.",
        HelpName = "PID",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _cri = new("--cri")
    {
        Description = "Ask the container runtime at this CRI socket (containerd, CRI-O). Default: those that are at the usual places.",
        HelpName = "SOCKET",
    };

    private readonly Option<string[]> _docker = new("--docker")
    {
        Description = "Ask Docker, or Podman, at this socket. Default: as --cri.",
        HelpName = "SOCKET",
    };

    private readonly Option<bool> _noContainers = new("--no-container-metadata")
    {
        Description = "Ask no container runtime: containers have an id, and neither name nor image.",
    };

    private readonly Option<TimeSpan?> _containerWait = new("--container-wait")
    {
        Description = "How long a container's first events wait for its metadata, as 500ms. Default 500ms.",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    };

    /// <summary>Adds where to publish.</summary>
    public void AddPublishing(Command command)
    {
        command.Add(_bootstrap);
        command.Add(_registry);
        command.Add(_client);
        command.Add(_clientFile);
        command.Add(_metricsPort);
    }

    /// <summary>Adds what to capture.</summary>
    public void AddCapturing(Command command)
    {
        command.Add(_node);
        command.Add(_ring);
        command.Add(_data);
        command.Add(_exclude);
        command.Add(_only);
        command.Add(_excludePid);
        command.Add(_cri);
        command.Add(_docker);
        command.Add(_noContainers);
        command.Add(_containerWait);
    }

    /// <summary>The options as given; those that the command does not have keep their defaults.</summary>
    public AgentOptions Read(ParseResult given) => new()
    {
        Bootstrap = Given(given, _bootstrap) ?? "",
        SchemaRegistry = Given(given, _registry) ?? "",
        Client = Settings(Given(given, _clientFile) ?? [], Given(given, _client) ?? []),
        MetricsPort = Given(given, _metricsPort),
        Node = Given(given, _node) ?? Environment.MachineName,
        RingMegabytes = Has(given, _ring) ? given.GetValue(_ring) : AgentConstants.RingMegabytes,
        DataBytes = Has(given, _data) ? given.GetValue(_data) : AgentConstants.DataBytes,
        ExcludeSyscalls = Given(given, _exclude) ?? [],
        OnlySyscalls = Given(given, _only) ?? [],
        ExcludeProcesses = Given(given, _excludePid) ?? [],
        Containers = Given(given, _noContainers) ? null : Containers(given),
        Say = static line => Console.Error.WriteLine($"syscribe-agent: {line}"),
    };

    private ContainerOptions Containers(ParseResult given)
    {
        var options = new ContainerOptions { CriSockets = Given(given, _cri) ?? [], DockerSockets = Given(given, _docker) ?? [] };
        return options with { Wait = Given(given, _containerWait) ?? options.Wait };
    }

    private static bool Has(ParseResult given, Option option) => given.CommandResult.Command.Options.Contains(option);

    private static T? Given<T>(ParseResult given, Option<T> option) => Has(given, option) ? given.GetValue(option) : default;

    // Variables, then files, then -X: the later wins.
    private static ClientSettings Settings(FileInfo[] files, string[] pairs)
    {
        try
        {
            var settings = new ClientSettings().LoadEnvironment();
            foreach (var file in files)
            {
                settings.LoadFile(file.FullName);
            }

            foreach (var pair in pairs)
            {
                settings.SetPair(pair);
            }

            return settings;
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new AgentException($"Read client settings failed: {wrong.Message}", wrong);
        }
    }
}
