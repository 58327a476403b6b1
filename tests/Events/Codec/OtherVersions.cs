using System.Text.Json.Nodes;
using Avro;
using Avro.Generic;

namespace Syscribe.Events.Tests;

/// <summary>Versions of the event schema as other releases may have them.</summary>
internal static class OtherVersions
{
    /// <summary>A newer one: a field in the middle that we do not know, with a default, and one at the end.</summary>
    public static RecordSchema WithFieldAdded { get; } = Changed(fields =>
    {
        fields.Insert(3, Field("novel", """["null", "string"]""", "null"));
        fields.Add(Field("weight", "\"double\"", "1.5"));
    });

    /// <summary>An older one, without the descriptor's last field; our schema has no default for it, so it cannot be read.</summary>
    public static RecordSchema WithoutType { get; } = Changed(fields => fields.RemoveAt(0));

    /// <summary>The event in that version: fields of the same name, and values for new ones.</summary>
    public static GenericRecord Write(SyscallEvent e, RecordSchema version)
    {
        var ours = ApacheAvro.ToRecord(e);
        var record = new GenericRecord(version);
        foreach (var field in version.Fields)
        {
            record.Add(field.Pos, field.Name switch
            {
                "novel" => "new text",
                "weight" => 2.25,
                _ => ours.GetValue(ApacheAvro.EventSchema[field.Name].Pos),
            });
        }

        return record;
    }

    private static JsonObject Field(string name, string type, string value) =>
        new() { ["name"] = name, ["type"] = JsonNode.Parse(type), ["default"] = JsonNode.Parse(value) };

    private static RecordSchema Changed(Action<JsonArray> change)
    {
        var schema = JsonNode.Parse(Schemas.SyscallEvent)!;
        change(schema["fields"]!.AsArray());
        return (RecordSchema)Schema.Parse(schema.ToJsonString());
    }
}
