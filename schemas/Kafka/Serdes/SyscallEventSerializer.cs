using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Syscribe.Events;
using AvroSchema = Avro.Schema;
using RegistrySchema = Confluent.SchemaRegistry.Schema;

namespace Syscribe.Kafka;

/// <summary>
/// Writes events in Confluent's wire format, the same bytes as Confluent's <c>AvroSerializer</c>, through
/// <see cref="SyscallEventEncoder"/>. The schema id is asked of the registry once for each topic, with the same settings:
/// <c>avro.serializer.auto.register.schemas</c> (default true), <c>.use.latest.version</c>, <c>.normalize.schemas</c>,
/// <c>.subject.name.strategy</c> (default Topic), <c>.use.schema.id</c>.
/// </summary>
/// <remarks>Thread safe. The first record of a topic waits for the registry; <see cref="PrepareAsync"/> does that beforehand.</remarks>
public sealed class SyscallEventSerializer : ISerializer<SyscallEvent>
{
    // As Confluent's serializer writes it, so that both find the same id.
    private static readonly AvroSchema Parsed = AvroSchema.Parse(Schemas.SyscallEvent);
    private static readonly string SchemaText = Parsed.ToString();

    private readonly ISchemaRegistryClient _registry;
    private readonly AvroSerializerConfig _settings;
    private readonly ConcurrentDictionary<string, int> _ids = new(StringComparer.Ordinal);

    public SyscallEventSerializer(ISchemaRegistryClient registry, AvroSerializerConfig? settings = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _settings = settings ?? [];
    }

    /// <summary>Gets the schema id of <paramref name="topic"/>'s values, registering the schema where the settings say so.</summary>
    /// <exception cref="SchemaRegistryException">The registry refused: an incompatible schema (409), or none there and no leave to register.</exception>
    /// <exception cref="RegistryUnavailableException">The registry did not answer.</exception>
    public async Task<int> PrepareAsync(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (_ids.TryGetValue(topic, out var known))
            return known;

        var id = await RegistryCalls.Run(() => AskAsync(topic), $"schema id for topic {topic}").ConfigureAwait(false);
        _ids[topic] = id;
        return id;
    }

    /// <inheritdoc />
    public byte[] Serialize(SyscallEvent data, SerializationContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        Span<byte> prefix = stackalloc byte[WireFormat.PrefixBytes];
        WireFormat.WritePrefix(prefix, Id(context.Topic));
        return SyscallEventEncoder.ToArray(data, prefix);
    }

    /// <summary>
    /// Writes a record for <paramref name="topic"/> from <paramref name="offset"/> on, and gives the index after its last byte;
    /// <paramref name="buffer"/> is replaced by a larger one when it is too small. Allocates nothing else.
    /// </summary>
    public int Serialize(SyscallEvent data, string topic, ref byte[] buffer, int offset = 0)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        var id = Id(topic);
        if (buffer.Length - offset < WireFormat.PrefixBytes)
            Array.Resize(ref buffer, offset + 1024);

        WireFormat.WritePrefix(buffer.AsSpan(offset), id);
        return SyscallEventEncoder.Encode(data, ref buffer, offset + WireFormat.PrefixBytes);
    }

    private int Id(string topic) =>
        _ids.TryGetValue(topic, out var id) ? id : PrepareAsync(topic).GetAwaiter().GetResult();

    private async Task<int> AskAsync(string topic)
    {
        if (_settings.UseSchemaId is { } given)
            return given;

        var strategy = (_settings.SubjectNameStrategy ?? SubjectNameStrategy.Topic).ToAsyncDelegate(_registry, _settings);
        var subject = await strategy(new SerializationContext(MessageComponentType.Value, topic), Parsed.Fullname).ConfigureAwait(false);
        if (_settings.UseLatestVersion == true)
            return (await _registry.GetLatestSchemaAsync(subject).ConfigureAwait(false)).Id;

        var schema = new RegistrySchema(SchemaText, SchemaType.Avro);
        var normalize = _settings.NormalizeSchemas ?? false;
        return _settings.AutoRegisterSchemas ?? true
            ? await _registry.RegisterSchemaAsync(subject, schema, normalize).ConfigureAwait(false)
            : await _registry.GetSchemaIdAsync(subject, schema, normalize).ConfigureAwait(false);
    }
}
