using System.Text;

namespace Syscribe.Events.Tests;

/// <summary>Copies of events, and their whole content as one text to compare.</summary>
internal static class EventCopies
{
    public static void Copy(Fd from, Fd into)
    {
        foreach (var property in typeof(Fd).GetProperties())
            property.SetValue(into, property.GetValue(from));
    }

    /// <summary>Every property of the event and of all it holds, by reflection, so that a new property is compared too.</summary>
    public static string Describe(SyscallEvent e)
    {
        var text = new StringBuilder();
        Describe(text, "event", e);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, string name, object? value)
    {
        switch (value)
        {
            case null:
                text.Append(name).Append(" = null\n");
                break;
            case Utf8 utf8:
                text.Append(name).Append(" = ").Append(utf8.IsNull ? "null" : Convert.ToHexString(utf8.Span)).Append('\n');
                break;
            case string or bool or long or int or ulong or Enum:
                text.Append(name).Append(" = ").Append(value).Append('\n');
                break;
            case IReadOnlyDictionary<string, string> map:
                foreach (var (key, entry) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                    text.Append(name).Append('[').Append(key).Append("] = ").Append(entry).Append('\n');
                break;
            case System.Collections.IEnumerable items:
                var index = 0;
                foreach (var item in items)
                    Describe(text, $"{name}[{index++}]", item);
                break;
            default:
                foreach (var property in value.GetType().GetProperties())
                    Describe(text, $"{name}.{property.Name}", property.GetValue(value));
                break;
        }
    }
}
