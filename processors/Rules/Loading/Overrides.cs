namespace Syscribe.Rules.Loading;

/// <summary>An item's <c>override</c> mapping: which keys append to, and which replace, what was defined before.</summary>
internal sealed class Overrides
{
    private readonly Dictionary<string, bool> _appends = new(StringComparer.Ordinal);

    public bool Any => _appends.Count > 0;

    public IEnumerable<string> Keys => _appends.Keys;

    public bool Appends(string key) => _appends.TryGetValue(key, out var append) && append;

    public bool Replaces(string key) => _appends.TryGetValue(key, out var append) && !append;

    /// <exception cref="LoadException">A key or operation that is not allowed, or is given for nothing.</exception>
    public static Overrides Read(YamlItem item, string[] appendable, string[] replaceable)
    {
        var result = new Overrides();
        if (item.Child("override") is not { } mapping)
        {
            return result;
        }

        if (item.Bool("append") == true)
        {
            throw item.LocationOf("override").Error(LoadCodes.Validate, "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.", item.Title);
        }

        foreach (var (key, location) in mapping.Keys)
        {
            var operation = mapping.Required(key).Text.ToLowerInvariant();
            var allowed = operation switch
            {
                "append" => appendable,
                "replace" => replaceable,
                _ => throw location.Error(LoadCodes.Validate, $"Invalid override operation '{operation}' for key '{key}'; allowed are append and replace", item.Title),
            };
            if (!allowed.Contains(key))
            {
                throw location.Error(LoadCodes.Validate, $"Key '{key}' cannot be {(operation == "append" ? "appended to" : "replaced")}, use one of: {string.Join(", ", allowed)}", item.Title);
            }

            if (!item.Has(key))
            {
                throw location.Error(LoadCodes.Validate, $"An {operation} override for '{key}' was specified but '{key}' is not defined", item.Title);
            }

            result._appends[key] = operation == "append";
        }

        return result;
    }
}
