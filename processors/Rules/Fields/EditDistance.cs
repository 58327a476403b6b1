namespace Syscribe.Rules.Fields;

/// <summary>Levenshtein distance, to suggest what somebody meant.</summary>
internal static class EditDistance
{
    public static string Nearest(string text, IEnumerable<string> names) =>
        names.MinBy(name => (Between(text, name), name.Length, name)) ?? "";

    public static int Between(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
