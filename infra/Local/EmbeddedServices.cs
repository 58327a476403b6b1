using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Local;

/// <summary>The broker and the registry of a run: the embedded ones, or the addresses that the user gave.</summary>
public sealed class EmbeddedServices : IDisposable
{
    // The embedded broker keeps 5 MiB a partition: with 32, the rules may fall some 100,000 events behind and lose none,
    // and the broker's memory stays under 160 MiB.
    private static readonly Dictionary<string, int> Partitions = new()
    {
        [Topics.Syscalls] = 32,
        [Topics.Alerts] = 4,
        [Topics.DeadLetters(Topics.Syscalls)] = 1,
        [Topics.Suspects] = 8,
        [Topics.DeadLetters(Topics.Suspects)] = 1,
    };

    private readonly EmbeddedBroker? _broker;
    private readonly EmbeddedRegistry? _registry;

    /// <summary>Starts what <paramref name="options"/> does not name an address for.</summary>
    public EmbeddedServices(LocalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _broker = options.Bootstrap is null
            ? EmbeddedBroker.Start(topics: Partitions)
            : null;
        _registry = options.SchemaRegistry is null ? EmbeddedRegistry.Start() : null;
        Bootstrap = options.Bootstrap ?? _broker!.BootstrapServers;
        SchemaRegistry = options.SchemaRegistry ?? _registry!.Url;
    }

    /// <summary>Whether the broker is the embedded one.</summary>
    public bool IsEmbedded => _broker is not null;

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
        var client = _broker?.Settings(SchemaRegistry) ?? ClientSettings.For(Bootstrap, SchemaRegistry);
        foreach (var (name, value) in settings)
        {
            client.Set(name, value);
        }

        return client;
    }

    /// <summary>Makes the topics that a real broker lacks; the embedded one has them. A broker that is away is waited for.</summary>
    /// <param name="client">Settings.</param>
    /// <param name="say">Told once that it waits, and for whom.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">The broker refused.</exception>
    /// <exception cref="OperationCanceledException">Stopped while waiting.</exception>
    public async Task CreateTopicsAsync(ClientSettings client, Action<string> say, CancellationToken stop)
    {
        if (_broker is not null)
        {
            return;
        }

        ArgumentNullException.ThrowIfNull(client);
        using var admin = new AdminClientBuilder(client.ForAdmin()).SetLogHandler(static (_, _) => { }).Build();
        await ReachAsync(admin, say, stop);
        try
        {
            await admin.CreateTopicsAsync(Partitions.Select(topic =>
                new TopicSpecification { Name = topic.Key, NumPartitions = topic.Value, ReplicationFactor = -1 }));
        }
        catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // As they should be.
        }
        catch (KafkaException e)
        {
            throw new InvalidOperationException(
                $"The topics {string.Join(", ", Partitions.Keys)} could not be made on {Bootstrap}: {e.Error.Reason}. Make them yourself, or check the address and -X settings.", e);
        }
    }

    private async Task ReachAsync(IAdminClient admin, Action<string> say, CancellationToken stop)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(2)), stop);
                return;
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                if (tries == 0)
                {
                    say($"Kafka at {Bootstrap} does not answer ({e.Error.Reason}); waiting for it. Is the address right, does it need -X settings?");
                }

                await Task.Delay(TimeSpan.FromSeconds(1), stop);
            }
        }
    }

    /// <summary>Ends the embedded ones.</summary>
    public void Dispose()
    {
        _registry?.Dispose();
        _broker?.Dispose();
    }
}
