using System.Text;

namespace Syscribe.Rules.Loading;

/// <summary>
/// Replaces list names by their items, as text before parsing: between delimiters a name is hit even inside a quoted string
/// with blanks, and a misspelt one stays the literal that it looks like. Both are upstream's.
/// </summary>
internal sealed class ListSubstitution
{
    private const string Blanks = " \t\n\r";
    private const string Delimiters = Blanks + "(),=";

    private string _text;
    private int[] _origins;

    private ListSubstitution(string text)
    {
        _text = text;
        _origins = [.. Enumerable.Range(0, text.Length + 1)];
    }

    public string Text => _text;

    public static ListSubstitution Apply(string text, IEnumerable<ListDefinition> lists, Dictionary<ListDefinition, string> items)
    {
        var result = new ListSubstitution(text);
        foreach (var list in lists)
        {
            result.Replace(list, items[list]);
        }

        return result;
    }

    /// <summary>Index in the original text of the character at <paramref name="index"/>.</summary>
    public int Origin(int index) => _origins[Math.Clamp(index, 0, _origins.Length - 1)];

    private void Replace(ListDefinition list, string items)
    {
        for (var start = Find(list.Name, 0); start >= 0; start = Find(list.Name, start + 1))
        {
            var end = start + list.Name.Length;
            if (!IsDelimiter(start - 1) || !IsDelimiter(end))
            {
                continue;
            }

            list.IsUsed = true;
            start = ReplaceAt(start, end, items, list.Items.Count == 0);
        }
    }

    private int Find(string name, int from) => from <= _text.Length ? _text.IndexOf(name, from, StringComparison.Ordinal) : -1;

    private bool IsDelimiter(int index) => index < 0 || index >= _text.Length || Delimiters.Contains(_text[index]);

    private int ReplaceAt(int start, int end, string items, bool isEmpty)
    {
        while (start > 0 && Blanks.Contains(_text[start - 1]))
        {
            start--;
        }

        while (end < _text.Length && Blanks.Contains(_text[end]))
        {
            end++;
        }

        if (isEmpty && start > 0 && _text[start - 1] == ',')
        {
            start--;
        }
        else if (isEmpty && end < _text.Length && _text[end] == ',')
        {
            end++;
        }

        var middle = new StringBuilder(start > 0 ? " " : "").Append(items).Append(' ').ToString();
        var origin = _origins[Math.Min(start + 1, _origins.Length - 1)];
        _origins = [.. _origins[..start], .. Enumerable.Repeat(origin, middle.Length), .. _origins[end..]];
        _text = _text[..start] + middle + _text[end..];
        return start + items.Length + 1;
    }
}
