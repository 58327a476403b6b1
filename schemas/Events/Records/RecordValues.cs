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

    /// <summary>The schema's symbol of an enum value: the C# name in upper case, which is what Apache.Avro's writers look up.</summary>
    public static string Symbol<T>(T value)
        where T : struct, Enum => value.ToString().ToUpperInvariant();

    /// <summary>An enum by its ordinal, which is the schema's: the readers give a symbol or a C# enum.</summary>
    public static T Value<T>(object? value)
        where T : struct, Enum =>
        value is GenericEnum symbol
            ? (T)(object)((EnumSchema)symbol.Schema).Ordinal(symbol.Value)
            : (T)Required(value);

    public static Dictionary<string, object?> Map(object? value)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in (IDictionary)Required(value))
            map[(string)entry.Key] = entry.Value;

        return map;
    }

    public static AvroRuntimeException NoField(Schema schema, int position) =>
        new($"{schema.Fullname} has no field {position}; it has {((RecordSchema)schema).Count}");

    private static object Required(object? value) => value ?? throw new AvroException("null in a field that has no null");
}
