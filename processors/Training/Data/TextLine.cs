using System.Text;

namespace Syscribe.Training.Data;

/// <summary>A rendered event taken apart into its keys and values, as written.</summary>
internal sealed class TextLine
{
    private readonly List<(string Key, string Value)> _fields = [];

    private TextLine()
    {
    }

    public IReadOnlyList<(string Key, string Value)> Fields => _fields;

    public string this[string key]
    {
        get => _fields.Find(field => field.Key == key).Value ?? "-";
        set => _fields[_fields.FindIndex(field => field.Key == key)] = (key, value);
    }

    public bool Has(string key) => _fields.Exists(field => field.Key == key);

    public void Remove(string key) => _fields.RemoveAll(field => field.Key == key);

    public void Insert(int at, string key, string value) => _fields.Insert(at, (key, value));

    /// <summary>Keys that two texts do not share the value of, in the second one's order.</summary>
    public static IEnumerable<string> Difference(string left, string right)
    {
        var line = Parse(left);
        return Parse(right).Fields.Where(field => line[field.Key] != field.Value).Select(field => field.Key);
    }

    public static TextLine Parse(string text)
    {
        var line = new TextLine();
        var at = 0;
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            var end = equals + 1;
            for (var quoted = false; end < text.Length && (quoted || text[end] != ' '); end++)
            {
                quoted ^= text[end] == '"';
            }

            line._fields.Add((text[at..equals], text[(equals + 1)..end]));
            at = end + 1;
        }

        return line;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (key, value) in _fields)
        {
            text.Append(text.Length > 0 ? " " : "").Append(key).Append('=').Append(value);
        }

        return text.ToString();
    }
}
