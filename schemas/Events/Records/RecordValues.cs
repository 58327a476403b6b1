using System.Collections;
using Avro;
using Avro.Generic;

namespace Syscribe.Events;

/// <summary>What Apache.Avro's readers, generic and specific, hand to a record, as the record's own types.</summary>
internal static class RecordValues
{
    public static string Text(object? value) => (string)Required(value);

    public static long Long(object? value) => (long)Required(value);

    public static int Int(object? value) => (int)Required(value);

    public static byte[]? Bytes(object? value) => (byte[]?)value;

    public static List<string> Texts(object? value) => [.. ((IEnumerable)Required(value)).Cast<string>()];

    /// <summary>An enum's value as the specific writer takes it: the symbol's text.</summary>
    public static string Symbol(Schema record, int position, int ordinal) => Enum(record, position)[ordinal];

    /// <summary>An enum by its ordinal, which is the schema's: the generic reader gives a symbol, the specific one a C# enum.</summary>
    public static T Symbol<T>(Schema record, int position, object? value)
        where T : struct, Enum => value switch
        {
            GenericEnum symbol => (T)(object)Enum(record, position).Ordinal(symbol.Value),
            string symbol => (T)(object)Enum(record, position).Ordinal(symbol),
            _ => (T)Required(value),
        };

    public static Dictionary<string, object?> Map(object? value)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in (IDictionary)Required(value))
            map[(string)entry.Key] = entry.Value;

        return map;
    }

    public static AvroRuntimeException NoField(Schema schema, int position) =>
        new($"{schema.Fullname} has no field {position}; it has {((RecordSchema)schema).Count}");

    private static EnumSchema Enum(Schema record, int position) => (EnumSchema)((RecordSchema)record).Fields[position].Schema;

    private static object Required(object? value) => value ?? throw new AvroException("null in a field that has no null");
}
