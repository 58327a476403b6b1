using System.CommandLine;
using Syscribe.Kafka;

namespace Syscribe.Worker.Commands;

/// <summary>The options that say how to reach Kafka and the schema registry.</summary>
internal sealed class ClientOptions
{
    private readonly Option<string> _bootstrap = new("--bootstrap", "-b")
    {
        Description = "Kafka brokers, separated by commas. Also SYSCRIBE_KAFKA_BOOTSTRAP_SERVERS.", HelpName = "HOST:PORT",
    };

    private readonly Option<string> _registry = new("--schema-registry")
    {
        Description = "Schema registry. Also SYSCRIBE_KAFKA_SCHEMA_REGISTRY_URL.", HelpName = "URL",
    };

    private readonly Option<string[]> _settings = new("-X")
    {
        Description = "A setting of the clients by its own name: librdkafka's (producer.NAME, consumer.NAME for one kind only), schema.registry.NAME, avro.serializer.NAME. May be repeated.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<string[]> _files = new("--config")
    {
        Description = "A file of NAME=VALUE lines, read before -X. May be repeated.", HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(_bootstrap);
        command.Add(_registry);
        command.Add(_settings);
        command.Add(_files);
    }

    /// <summary>Environment, then files, then -X, then the named options; the later wins.</summary>
    /// <exception cref="UserErrorException">A setting is malformed, or one of the two addresses is missing.</exception>
    public ClientSettings Read(ParseResult parsed)
    {
        var settings = new ClientSettings().LoadEnvironment();
        try
        {
            foreach (var file in parsed.GetValue(_files) ?? [])
            {
                settings.LoadFile(file);
            }

            foreach (var pair in parsed.GetValue(_settings) ?? [])
            {
                settings.SetPair(pair);
            }
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(e.Message, e);
        }

        Take(settings, "bootstrap.servers", parsed.GetValue(_bootstrap), "--bootstrap HOST:PORT");
        Take(settings, "schema.registry.url", parsed.GetValue(_registry), "--schema-registry URL");
        return settings;
    }

    private static void Take(ClientSettings settings, string name, string? value, string option)
    {
        if (value is not null)
        {
            settings.Set(name, value);
        }
        else if (settings[name] is null)
        {
            throw new UserErrorException($"{name} is not set: give {option} or -X {name}=...");
        }
    }
}
