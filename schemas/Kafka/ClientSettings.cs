using System.Collections;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

namespace Syscribe.Kafka;

/// <summary>
/// Settings of the Kafka and registry clients under their own names, passed through as they are:
/// <c>schema.registry.*</c> to Confluent's registry client, <c>avro.serializer.*</c> to its serializers, all others to
/// librdkafka, those with a leading <c>producer.</c> or <c>consumer.</c> to that kind of client only, where they win.
/// <see href="https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md" />
/// </summary>
/// <remarks>
/// <para>Producers start from: <c>enable.idempotence=true</c>, <c>acks=all</c>, <c>compression.type=lz4</c>, <c>linger.ms=5</c>,
/// <c>queue.buffering.max.kbytes=65536</c> (librdkafka's own is 1 GiB). Consumers from: <c>enable.auto.commit=false</c>,
/// <c>enable.auto.offset.store=false</c>, <c>auto.offset.reset=earliest</c>,
/// <c>partition.assignment.strategy=cooperative-sticky</c>, <c>queued.max.messages.kbytes=32768</c>.</para>
/// <para>A later setting of a name replaces the earlier one. Not thread safe while being filled.</para>
/// </remarks>
public sealed class ClientSettings
{
    /// <summary>Names of environment variables start with it: <c>SYSCRIBE_KAFKA_SASL_USERNAME</c> is <c>sasl.username</c>.</summary>
    public const string EnvironmentPrefix = "SYSCRIBE_KAFKA_";

    private const string ProducerScope = "producer.";
    private const string ConsumerScope = "consumer.";
    private const string RegistryPrefix = "schema.registry.";
    private const string SerializerPrefix = "avro.serializer.";
    private const string AvroPrefix = "avro.";

    private static readonly (string Name, string Value)[] ProducerDefaults =
    [
        ("enable.idempotence", "true"), ("acks", "all"), ("compression.type", "lz4"), ("linger.ms", "5"),
        ("queue.buffering.max.kbytes", "65536"),
    ];

    private static readonly (string Name, string Value)[] ConsumerDefaults =
    [
        ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"), ("auto.offset.reset", "earliest"),
        ("partition.assignment.strategy", "cooperative-sticky"), ("queued.max.messages.kbytes", "32768"),
    ];

    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The value of a name as it was set; null where it was not.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Settings for a cluster and a registry; either may be set otherwise.</summary>
    public static ClientSettings For(string bootstrapServers, string? registryUrl = null)
    {
        var settings = new ClientSettings().Set("bootstrap.servers", bootstrapServers);
        return registryUrl is null ? settings : settings.Set("schema.registry.url", registryUrl);
    }

    /// <summary>Sets one name.</summary>
    public ClientSettings Set(string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        _values[name] = value;
        return this;
    }

    /// <summary>Sets a name from the form <c>name=value</c>, as given to <c>-X</c>; the value may hold more <c>=</c>.</summary>
    /// <exception cref="FormatException">There is no name before a <c>=</c>.</exception>
    public ClientSettings SetPair(string pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        // The text may hold a secret, so the message does not repeat it.
        if (equals <= 0 || string.IsNullOrWhiteSpace(pair[..equals]))
            throw new FormatException("a client setting is name=value, as -X linger.ms=20; there is no name before a = in the one given");

        return Set(pair[..equals].Trim(), pair[(equals + 1)..].Trim());
    }

    /// <summary>Sets names from a file of <c>name=value</c> lines; empty lines and those starting with <c>#</c> are passed over.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">A line is not of that form; the message has file and line number.</exception>
    public ClientSettings LoadFile(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;

            try
            {
                SetPair(text);
            }
            catch (FormatException e)
            {
                throw new FormatException($"{path}:{number}: {e.Message}", e);
            }
        }

        return this;
    }

    /// <summary>
    /// Sets names from environment variables: <see cref="EnvironmentPrefix"/>, then the name in capitals with <c>_</c> for
    /// <c>.</c>, as in <c>SYSCRIBE_KAFKA_BOOTSTRAP_SERVERS</c>.
    /// </summary>
    /// <param name="variables">Variables; null for this process's own.</param>
    public ClientSettings LoadEnvironment(IDictionary? variables = null)
    {
        foreach (DictionaryEntry variable in variables ?? Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) && name.Length > EnvironmentPrefix.Length)
                Set(name[EnvironmentPrefix.Length..].ToLowerInvariant().Replace('_', '.'), (string?)variable.Value ?? "");
        }

        return this;
    }

    /// <summary>A copy that changes on its own.</summary>
    public ClientSettings Copy()
    {
        var copy = new ClientSettings();
        foreach (var (name, value) in _values)
            copy.Set(name, value);

        return copy;
    }

    /// <summary>Settings of a producer.</summary>
    /// <exception cref="InvalidOperationException"><c>bootstrap.servers</c> is not set.</exception>
    public ProducerConfig ForProducer() => new(Client(ProducerScope, ProducerDefaults));

    /// <summary>Settings of a consumer in <paramref name="group"/>, which wins over a <c>group.id</c> that was set.</summary>
    /// <exception cref="InvalidOperationException"><c>bootstrap.servers</c> is not set.</exception>
    public ConsumerConfig ForConsumer(string group)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        return new ConsumerConfig(Client(ConsumerScope, ConsumerDefaults)) { GroupId = group };
    }

    /// <summary>Settings of an admin client.</summary>
    /// <exception cref="InvalidOperationException"><c>bootstrap.servers</c> is not set.</exception>
    public AdminClientConfig ForAdmin() => new(Client("admin.", []));

    /// <summary>Settings of the registry client.</summary>
    /// <exception cref="InvalidOperationException"><c>schema.registry.url</c> is not set.</exception>
    public SchemaRegistryConfig ForRegistry()
    {
        Require("schema.registry.url", "http://localhost:8081");
        var config = new SchemaRegistryConfig();
        Copy(RegistryPrefix, config.Set);
        return config;
    }

    /// <summary>Settings of the Avro serializers.</summary>
    public AvroSerializerConfig ForSerializer()
    {
        var config = new AvroSerializerConfig();
        Copy(SerializerPrefix, config.Set);
        return config;
    }

    /// <summary>A registry client of these settings; the caller disposes of it.</summary>
    /// <exception cref="InvalidOperationException"><c>schema.registry.url</c> is not set.</exception>
    /// <exception cref="ArgumentException">A <c>schema.registry.*</c> setting is unknown or wrong.</exception>
    public CachedSchemaRegistryClient CreateRegistryClient() => new(ForRegistry());

    /// <summary>The settings one a line, for logs: secrets are left out.</summary>
    public override string ToString() => string.Join('\n', _values.Select(p => $"{p.Key}={SecretSettings.Redact(p.Key, p.Value)}"));

    private Dictionary<string, string> Client(string scope, (string Name, string Value)[] defaults)
    {
        Require("bootstrap.servers", "localhost:9092", scope);
        var config = defaults.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal);
        foreach (var (name, value) in _values)
        {
            if (!IsScoped(name) && !name.StartsWith(RegistryPrefix, StringComparison.Ordinal) && !name.StartsWith(AvroPrefix, StringComparison.Ordinal))
                config[name] = value;
        }

        foreach (var (name, value) in _values)
        {
            if (name.StartsWith(scope, StringComparison.Ordinal))
                config[name[scope.Length..]] = value;
        }

        return config;
    }

    private static bool IsScoped(string name) =>
        name.StartsWith(ProducerScope, StringComparison.Ordinal) || name.StartsWith(ConsumerScope, StringComparison.Ordinal);

    private void Copy(string prefix, Action<string, string> set)
    {
        foreach (var (name, value) in _values)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                set(name, value);
        }
    }

    private void Require(string name, string example, string scope = "")
    {
        if (string.IsNullOrEmpty(this[name]) && string.IsNullOrEmpty(this[scope + name]))
            throw new InvalidOperationException(
                $"{name} is not set; give -X {name}={example}, a settings file, or {EnvironmentPrefix}{name.ToUpperInvariant().Replace('.', '_')}");
    }
}
