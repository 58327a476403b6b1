using Confluent.SchemaRegistry;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>The schemas that records were written with, by id.</summary>
internal sealed class WriterSchemas(ISchemaRegistryClient registry, string ours, TimeProvider time)
{
    // Ids come from the wire, so what is kept of unknown ones is bounded.
    private const int MostUnknown = 1024;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, WriterSchema> _known = [];
    private readonly Dictionary<int, (long Since, RecordFormatException Error)> _unknown = [];

    public WriterSchema Get(int id)
    {
        if (_known.TryGetValue(id, out var writer))
            return writer;

        if (_unknown.TryGetValue(id, out var failed) && time.GetElapsedTime(failed.Since) < AskAgainAfter)
            throw new RecordFormatException(failed.Error.Reason, failed.Error.Message, failed.Error);

        try
        {
            writer = new WriterSchema(id, AskAsync(id).GetAwaiter().GetResult(), ours);
        }
        catch (RecordFormatException e)
        {
            if (_unknown.Count >= MostUnknown)
                _unknown.Clear();

            _unknown[id] = (time.GetTimestamp(), e);
            throw;
        }

        _unknown.Remove(id);
        _known[id] = writer;
        return writer;
    }

    private async Task<string> AskAsync(int id)
    {
        try
        {
            var schema = await RegistryCalls.Run(() => registry.GetSchemaAsync(id), $"schema id {id}").ConfigureAwait(false);
            return schema.SchemaType == SchemaType.Avro
                ? schema.SchemaString
                : throw new RecordFormatException(DeadLetterReasons.UnknownSchema, $"schema id {id} is of type {schema.SchemaType}; Avro is expected");
        }
        catch (SchemaRegistryException e)
        {
            throw new RecordFormatException(DeadLetterReasons.UnknownSchema, $"schema id {id}: the registry does not give it: {e.Message} (error {e.ErrorCode})", e);
        }
    }
}
