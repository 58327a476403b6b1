using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Local;

/// <summary>The broker and the registry of a run: the embedded ones, or the addresses that the user gave.</summary>
public sealed class EmbeddedServices : IDisposable
{
    // The embedded broker keeps 5 MiB a partition: with 32, the rules may fall some 100,000 events behind and lose none,
    // and the broker's memory stays under 160 MiB.
    private const int SyscallPartitions = 32;
    private readonly EmbeddedBroker? _broker;
    private readonly EmbeddedRegistry? _registry;

    /// <summary>Starts what <paramref name="options"/> does not name an address for.</summary>
    public EmbeddedServices(LocalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _broker = options.Bootstrap is null
            ? EmbeddedBroker.Start(topics: new Dictionary<string, int>
            {
                [Topics.Syscalls] = SyscallPartitions,
                [Topics.Alerts] = 4,
                [Topics.DeadLetters(Topics.Syscalls)] = 1,
            })
            : null;
        _registry = options.SchemaRegistry is null ? EmbeddedRegistry.Start() : null;
        Bootstrap = options.Bootstrap ?? _broker!.BootstrapServers;
        SchemaRegistry = options.SchemaRegistry ?? _registry!.Url.ToString();
    }

    /// <summary>Address of the broker.</summary>
    public string Bootstrap { get; }

    /// <summary>URL of the registry.</summary>
    public string SchemaRegistry { get; }

    /// <summary>Both addresses in one line.</summary>
    public override string ToString() =>
        $"broker {Bootstrap} ({(_broker is null ? "yours" : "embedded")}), schema registry {SchemaRegistry} ({(_registry is null ? "yours" : "embedded")})";

    /// <summary>Settings for clients of both, with the user's own on top.</summary>
    public ClientSettings Client(IReadOnlyDictionary<string, string> settings)
    {
        var client = ClientSettings.For(Bootstrap, SchemaRegistry);
        foreach (var (name, value) in settings)
        {
            client.Set(name, value);
        }

        return client;
    }

    /// <summary>Ends the embedded ones.</summary>
    public void Dispose()
    {
        _registry?.Dispose();
        _broker?.Dispose();
    }
}
