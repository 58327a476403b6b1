using Confluent.SchemaRegistry;
using Syscribe.Kafka;

namespace Syscribe.Agent.Publish;

/// <summary>Learns the id of the event schema, waiting for a registry that is away.</summary>
internal static class SchemaRegistration
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>The id that records of <paramref name="topic"/> carry.</summary>
    /// <param name="settings">Registry and serializer settings by name.</param>
    /// <param name="topic">Topic of the records.</param>
    /// <param name="say">Told once, and then at intervals, that the registry is away.</param>
    /// <param name="clock">Paces the tries.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="AgentException">The registry answered, and refused.</exception>
    public static async Task<int> GetIdAsync(
        ClientSettings settings, string topic, Action<string> say, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var registry = Client(settings);
        var serializer = new SyscallEventSerializer(registry, settings.ForSerializer());
        var url = settings["schema.registry.url"];
        long? saidAt = null;
        while (true)
        {
            try
            {
                var id = await serializer.PrepareAsync(topic).WaitAsync(cancellationToken);
                if (saidAt is not null)
                {
                    say($"Schema registry at {url} answers.");
                }

                return id;
            }
            catch (SchemaRegistryException refused)
            {
                throw new AgentException(
                    $"Get the schema id of {topic} from {url} was refused: {refused.Message} (HTTP {(int)refused.Status}). "
                    + "Look at the subject's compatibility level and at the credentials (schema.registry.basic.auth.user.info).",
                    refused);
            }
            catch (RegistryUnavailableException away)
            {
                if (saidAt is not { } at || clock.GetElapsedTime(at) >= AgentConstants.RemindInterval)
                {
                    say($"{away.Message} Address: {url}; {(saidAt is null ? "" : "still ")}waiting for it.");
                    saidAt = clock.GetTimestamp();
                }
            }

            await Task.Delay(RetryInterval, clock, cancellationToken);
        }
    }

    private static CachedSchemaRegistryClient Client(ClientSettings settings)
    {
        try
        {
            return settings.CreateRegistryClient();
        }
        catch (ArgumentException refused)
        {
            throw new AgentException($"A setting of the schema registry's client is refused: {refused.Message}", refused);
        }
    }
}
