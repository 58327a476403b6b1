namespace Syscribe.Rules.Loading;

/// <summary>
/// Items of each list as they are pasted. Names of lists among them are replaced one level deep, by raw items, and only where
/// that list was first defined before this list's last definition.
/// </summary>
internal static class ListExpansion
{
    public static Dictionary<ListDefinition, string> Expand(DefinitionSet set)
    {
        var result = new Dictionary<ListDefinition, string>();
        foreach (var list in set.Lists)
        {
            var items = new List<string>();
            foreach (var item in list.Items)
            {
                if (set.List(item) is { } other && other.Index < list.Visibility)
                {
                    other.IsUsed = true;
                    items.AddRange(other.Items.Select(ExceptionCollector.Quote));
                }
                else
                {
                    items.Add(ExceptionCollector.Quote(item));
                }
            }

            result[list] = string.Join(", ", items);
        }

        return result;
    }
}
