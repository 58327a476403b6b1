using System.Globalization;
using System.Text;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Output;

/// <summary>Reads a field for people and for JSON.</summary>
internal static class FieldValue
{
    private const string Missing = "<NA>";

    private static readonly FieldRef Time = new(new Field { Name = "evt.rawtime", Type = FieldType.Time, Description = "", ReadNumber = (SyscallFields s, FieldRef _, out long v) => FieldDefinition.Set(s.Event.TimeNs, out v) }, null, "evt.rawtime");

    public static bool TryReadTime(FieldSource source, out long nanoseconds) => source.TryGetNumber(Time, out nanoseconds);

    public static (string Text, object? Value) Read(FieldRef field, FieldSource source)
    {
        var type = field.Field.Type;
        if (field.IsList && field.Field.List == ListSemantics.Set)
        {
            return ReadSet(field, source);
        }

        if (type.IsNumber() && field.IsList)
        {
            return ReadNumbers(field, source);
        }

        if (type == FieldType.Bool)
        {
            return source.TryGetNumber(field, out var flag) ? (flag != 0 ? ("true", true) : ("false", false)) : (Missing, null);
        }

        if (type.IsNumber())
        {
            return source.TryGetNumber(field, out var number) ? Number(field, number) : (Missing, null);
        }

        if (!source.TryGetText(field, out var bytes))
        {
            return (Missing, null);
        }

        var text = Clean(Encoding.UTF8.GetString(bytes.Span));
        return (text, text);
    }

    public static (string Text, object? Value) Read(Evaluation.TextReader reader, FieldSource source)
    {
        if (!reader.TryRead(source, out var bytes))
        {
            return (Missing, null);
        }

        var text = Clean(Encoding.UTF8.GetString(bytes.Span));
        return (text, text);
    }

    /// <summary>Control characters never reach a terminal or a log.</summary>
    public static string Clean(string text) =>
        !text.Any(char.IsControl) ? text : string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static (string Text, object? Value) Number(FieldRef field, long number)
    {
        object value = field.Field.Type.IsUnsigned() && number < 0 ? unchecked((ulong)number) : number;
        return (TimeText(field.Field.Name, number) ?? string.Create(CultureInfo.InvariantCulture, $"{value}"), value);
    }

    private static string? TimeText(string name, long nanoseconds)
    {
        var format = name switch
        {
            "evt.time" or "evt.time.s" => "HH:mm:ss",
            "evt.time.iso8601" => "yyyy-MM-dd'T'HH:mm:ss",
            "evt.datetime" or "evt.datetime.s" => "yyyy-MM-dd HH:mm:ss",
            _ => null,
        };
        if (format is null)
        {
            return null;
        }

        var time = DateTimeOffset.FromUnixTimeMilliseconds(nanoseconds / 1_000_000).ToString(format, CultureInfo.InvariantCulture);
        var fraction = string.Create(CultureInfo.InvariantCulture, $".{nanoseconds % 1_000_000_000:D9}");
        return name switch
        {
            "evt.time.iso8601" => time + fraction + "+0000",
            "evt.time.s" or "evt.datetime.s" => time,
            _ => time + fraction,
        };
    }

    private static (string Text, object? Value) ReadSet(FieldRef field, FieldSource source)
    {
        var items = new List<string>();
        foreach (var item in field.Items)
        {
            if (!source.TryGetText(item, out var bytes))
            {
                break;
            }

            items.Add(Clean(Encoding.UTF8.GetString(bytes.Span)));
        }

        var text = $"({string.Join(',', items)})";
        return items.Count == 0 ? (Missing, null) : (text, text);
    }

    private static (string Text, object? Value) ReadNumbers(FieldRef field, FieldSource source)
    {
        var items = new List<string>();
        foreach (var item in field.Items)
        {
            if (!source.TryGetNumber(item, out var number))
            {
                break;
            }

            items.Add(number.ToString(CultureInfo.InvariantCulture));
        }

        var text = string.Join(' ', items);
        return items.Count == 0 ? (Missing, null) : (text, text);
    }
}
