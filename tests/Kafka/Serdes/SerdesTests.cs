using System.Text.Json.Nodes;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Syscribe.Events;
using Syscribe.Testing;
using AvroSchema = Avro.Schema;

namespace Syscribe.Kafka.Tests;

public sealed class SerdesTests : IDisposable
{
    private static readonly SerializationContext Value = new(MessageComponentType.Value, Topics.Syscalls);

    private readonly EmbeddedRegistry _registry = EmbeddedRegistry.Start();
    private readonly CachedSchemaRegistryClient _client;

    public SerdesTests() => _client = ClientSettings.For("none", _registry.Url).CreateRegistryClient();

    public void Dispose()
    {
        _client.Dispose();
        _registry.Dispose();
    }

    [Fact]
    public async Task Confluents_serializer_and_ours_write_the_same_record_and_ask_for_the_same_schema()
    {
        var e = Samples.Open();
        var confluent = await new AvroSerializer<GenericRecord>(_client).SerializeAsync(Samples.ToRecord(e), Value);
        var ours = new SyscallEventSerializer(_client).Serialize(e, Value);
        Assert.Equal(Convert.ToHexString(confluent), Convert.ToHexString(ours));
        Assert.Equal([1], await _client.GetSubjectVersionsAsync("syscalls.v1-value"));
    }

    [Fact]
    public async Task Confluents_deserializer_reads_ours_and_ours_reads_confluents()
    {
        var e = Samples.Open();
        var record = await new AvroDeserializer<GenericRecord>(_client).DeserializeAsync(new SyscallEventSerializer(_client).Serialize(e, Value), false, Value);
        Assert.Equal(Samples.ToRecord(e), record);

        var read = new SyscallEventDeserializer(_client).Deserialize(await new AvroSerializer<GenericRecord>(_client).SerializeAsync(Samples.ToRecord(e), Value), false, Value);
        Assert.Equal(SyscallEventEncoder.ToArray(e), SyscallEventEncoder.ToArray(read));
        Assert.Equal("/etc/shadow", read.Fd.Name.ToString());
    }

    [Fact]
    public void A_record_goes_into_a_buffer_at_an_offset_as_into_an_array()
    {
        var serializer = new SyscallEventSerializer(_client);
        var buffer = new byte[3];
        var end = serializer.Serialize(Samples.Open(), Topics.Syscalls, ref buffer, 3);
        Assert.Equal(serializer.Serialize(Samples.Open(), Value), buffer[3..end]);
    }

    [Fact]
    public async Task Settings_decide_on_registering_and_on_the_subject()
    {
        var lookup = new SyscallEventSerializer(_client, new AvroSerializerConfig { AutoRegisterSchemas = false });
        Assert.Equal(40401, (await Assert.ThrowsAsync<SchemaRegistryException>(() => lookup.PrepareAsync("t"))).ErrorCode);

        var byRecord = new SyscallEventSerializer(_client, new AvroSerializerConfig { SubjectNameStrategy = SubjectNameStrategy.Record });
        var id = await byRecord.PrepareAsync("t");
        Assert.Equal(["syscribe.v1.SyscallEvent"], await _client.GetAllSubjectsAsync());

        await new SyscallEventSerializer(_client).PrepareAsync("t");
        Assert.Equal(id, await lookup.PrepareAsync("t"));
        Assert.Equal(id, await new SyscallEventSerializer(_client, new AvroSerializerConfig { UseLatestVersion = true, AutoRegisterSchemas = false }).PrepareAsync("t"));
    }

    [Fact]
    public async Task A_record_of_a_newer_schema_is_resolved_to_ours()
    {
        var json = JsonNode.Parse(Schemas.SyscallEvent)!;
        json["fields"]!.AsArray().Insert(2, new JsonObject { ["name"] = "novel", ["type"] = "string", ["default"] = "" });
        var newer = (Avro.RecordSchema)AvroSchema.Parse(json.ToJsonString());
        var record = new GenericRecord(newer);
        var ours = Samples.ToRecord(Samples.Open());
        foreach (var field in newer.Fields)
            record.Add(field.Pos, field.Name == "novel" ? "?" : ours.GetValue(ours.Schema[field.Name].Pos));

        var deserializer = new SyscallEventDeserializer(_client);
        var bytes = await new AvroSerializer<GenericRecord>(_client).SerializeAsync(record, Value);
        for (var i = 0; i < 2; i++)
        {
            var read = new SyscallEvent();
            deserializer.Deserialize(bytes, read);
            Assert.Equal(SyscallEventEncoder.ToArray(Samples.Open()), SyscallEventEncoder.ToArray(read));
            deserializer.Deserialize(new SyscallEventSerializer(_client).Serialize(Samples.Open(), new SerializationContext(MessageComponentType.Value, "other")), read);
            Assert.Equal(SyscallEventEncoder.ToArray(Samples.Open()), SyscallEventEncoder.ToArray(read));
        }

        for (var length = 5; length < bytes.Length; length += 7)
            Assert.Equal(DeadLetterReasons.Truncated, Refused(bytes[..length]).Reason);
    }

    [Fact]
    public async Task A_record_with_another_docstring_in_its_schema_is_of_our_schema()
    {
        var redocumented = Schemas.SyscallEvent.Replace("Event counter", "Counter", StringComparison.Ordinal);
        var id = await _client.RegisterSchemaAsync("x", new Schema(redocumented, SchemaType.Avro));
        var serializer = new SyscallEventSerializer(_client, new AvroSerializerConfig { UseSchemaId = id });
        var read = new SyscallEvent();
        new SyscallEventDeserializer(_client).Deserialize(serializer.Serialize(Samples.Open(), Value), read);
        Assert.Equal("openat", read.Type.ToString());
    }

    [Fact]
    public void Each_kind_of_bad_record_has_its_reason_and_says_what_was_seen()
    {
        var good = new SyscallEventSerializer(_client).Serialize(Samples.Open(), Value);

        Assert.Equal((DeadLetterReasons.BadMagic, "first byte is 0x7b; Confluent's wire format starts with 0x00 and a 4-byte schema id"), Told([0x7b, .. good[1..]]));
        Assert.Equal((DeadLetterReasons.Truncated, "empty record; magic byte 0 and a 4-byte schema id come first"), Told([]));
        Assert.Equal((DeadLetterReasons.Truncated, "record of 3 bytes; magic byte and schema id take 5"), Told(good[..3]));
        Assert.Equal((DeadLetterReasons.UnknownSchema, "schema id 77: the registry does not give it: Schema 77 not found; error code: 40403 (error 40403)"), Told([0, 0, 0, 0, 77, .. good[5..]]));
        Assert.Equal((DeadLetterReasons.Truncated, $"record of schema id 1: truncated record at byte {good.Length - 6}, field process.container: a number needs 1 bytes or more, 0 are left"), Told(good[..^1]));
        Assert.Equal((DeadLetterReasons.Corrupt, $"record of schema id 1: corrupt record at byte {good.Length - 5}, field process: 1 bytes after the last field; none is allowed"), Told([.. good, 0]));
    }

    [Fact]
    public async Task A_record_of_another_type_is_an_unknown_schema()
    {
        var other = await new AvroSerializer<string>(_client).SerializeAsync("text", new SerializationContext(MessageComponentType.Value, "strings"));
        var error = Refused(other);
        Assert.Equal(DeadLetterReasons.UnknownSchema, error.Reason);
        Assert.Equal("schema id 1: schema string cannot be read as syscribe.v1.SyscallEvent", error.Message);
    }

    [Fact]
    public void A_registry_that_is_away_is_no_fault_of_the_record()
    {
        var bytes = new SyscallEventSerializer(_client).Serialize(Samples.Open(), Value);
        using var away = ClientSettings.For("none", $"http://127.0.0.1:{Ports.Free(1)[0]}").Set("schema.registry.max.retries", "1").CreateRegistryClient();
        var error = Assert.Throws<RegistryUnavailableException>(() => { new SyscallEventDeserializer(away).Deserialize(bytes, new SyscallEvent()); });
        Assert.StartsWith("schema id 1: the schema registry did not answer: ", error.Message, StringComparison.Ordinal);
        Assert.Throws<RegistryUnavailableException>(() => { new SyscallEventSerializer(away).Serialize(Samples.Open(), Value); });
    }

    [Fact]
    public async Task Alerts_come_back_whole_through_confluents_serializer()
    {
        var alert = Samples.Alert();
        var context = new SerializationContext(MessageComponentType.Value, Topics.Alerts);
        var bytes = await RecordSerdes.AlertSerializer(_client).SerializeAsync(alert, context);
        var read = RecordSerdes.AlertDeserializer(_client).Deserialize(bytes, false, context);
        for (var i = 0; i < ((Avro.RecordSchema)AlertRecord._SCHEMA).Count; i++)
            Assert.Equal(alert.Get(i), read.Get(i));

        var generic = new AvroDeserializer<GenericRecord>(_client).AsSyncOverAsync().Deserialize(bytes, false, context);
        Assert.Equal("CRITICAL", ((GenericEnum)generic["priority"]).Value);
        Assert.Equal(4L, ((IDictionary<string, object>)generic["outputFields"])["evt.count"]);
    }

    [Fact]
    public void An_alert_of_an_older_schema_gets_the_defaults_of_what_it_lacks()
    {
        var json = JsonNode.Parse(Schemas.Alert)!;
        var fields = json["fields"]!.AsArray();
        while (fields[^1]!["name"]!.GetValue<string>() != "digest")
            fields.RemoveAt(fields.Count - 1);

        var older = (Avro.RecordSchema)AvroSchema.Parse(json.ToJsonString());
        var record = new GenericRecord(older);
        var alert = Samples.Alert();
        foreach (var field in older.Fields)
            record.Add(field.Pos, field.Schema is Avro.EnumSchema symbols ? new GenericEnum(symbols, (string)alert.Get(field.Pos)!) : alert.Get(field.Pos) is List<string> tags ? tags.ToArray() : alert.Get(field.Pos));

        var context = new SerializationContext(MessageComponentType.Value, Topics.Alerts);
        var bytes = new AvroSerializer<GenericRecord>(_client).AsSyncOverAsync().Serialize(record, context);
        var read = RecordSerdes.AlertDeserializer(_client).Deserialize(bytes, false, context);
        Assert.Equal((alert.Rule, alert.Priority, 1, (double?)null), (read.Rule, read.Priority, read.Count, read.Score));
    }

    [Fact]
    public async Task Dead_letters_come_back_whole()
    {
        var letter = new DeadLetterRecord
        {
            Topic = "syscalls.v1", Partition = 3, Offset = 99, TimestampMs = 5, Key = [1], Value = [0, 255], Reason = DeadLetterReasons.Corrupt,
            Detail = "é", Stage = "rules.decode", Worker = "w", FailedAtMs = 7,
        };
        var context = new SerializationContext(MessageComponentType.Value, Topics.DeadLetters(Topics.Syscalls));
        var read = RecordSerdes.DeadLetterDeserializer(_client).Deserialize(await RecordSerdes.DeadLetterSerializer(_client).SerializeAsync(letter, context), false, context);
        for (var i = 0; i < ((Avro.RecordSchema)DeadLetterRecord._SCHEMA).Count; i++)
            Assert.Equal(letter.Get(i), read.Get(i));

        letter.Key = letter.Value = null;
        read = RecordSerdes.DeadLetterDeserializer(_client).Deserialize(await RecordSerdes.DeadLetterSerializer(_client).SerializeAsync(letter, context), false, context);
        Assert.Null(read.Value);
    }

    private (string Reason, string Message) Told(byte[] record)
    {
        var error = Refused(record);
        return (error.Reason, error.Message);
    }

    private RecordFormatException Refused(byte[] record) =>
        Assert.Throws<RecordFormatException>(() => new SyscallEventDeserializer(_client).Deserialize(record, new SyscallEvent()));
}
