using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Syscribe.Rules.Loading;

/// <summary>One mapping of a rule file, read as text: <c>yes</c>, <c>22</c> and <c>0x10</c> are strings until asked otherwise.</summary>
internal sealed class YamlItem(RuleSource source, YamlMappingNode mapping)
{
    private static readonly string[] TrueWords = ["true", "yes", "on", "y"];
    private static readonly string[] FalseWords = ["false", "no", "off", "n"];

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public Location Location => Location.Of(source, mapping);

    /// <summary>What the item is, for messages.</summary>
    public string Title { get; set; } = "";

    public static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    public bool Has(string key)
    {
        _known.Add(key);
        return TryNode(key, out _);
    }

    public bool TryNode(string key, out YamlNode node)
    {
        _known.Add(key);
        foreach (var (name, value) in mapping.Children)
        {
            if (name is YamlScalarNode scalar && scalar.Value == key)
            {
                node = value;
                return true;
            }
        }

        node = mapping;
        return false;
    }

    public Location LocationOf(string key) => TryNode(key, out var node) ? Location.Of(source, node) : Location;

    /// <summary>A scalar that must be there and not be empty.</summary>
    public SourceText Required(string key) => Optional(key) ?? throw Location.Error(LoadCodes.YamlValidate, $"Item has no mapping for key '{key}'", Title);

    /// <summary>A scalar that must not be empty where it is there.</summary>
    public SourceText? Optional(string key, bool allowEmpty = false)
    {
        if (!TryNode(key, out var node))
        {
            return null;
        }

        var location = Location.Of(source, node);
        if (node is not YamlScalarNode scalar)
        {
            throw location.Error(LoadCodes.YamlValidate, $"Value of '{key}' is not a scalar value, but {Kind(node)}", Title);
        }

        if (IsNull(node) && !allowEmpty)
        {
            throw location.Error(LoadCodes.YamlValidate, $"Mapping for key '{key}' is empty", Title);
        }

        return scalar.Value is { Length: > 0 } || allowEmpty
            ? new SourceText(scalar.Value ?? "", location, scalar)
            : throw location.Error(LoadCodes.YamlValidate, $"Value of '{key}' is an empty string", Title);
    }

    public bool? Bool(string key)
    {
        if (Optional(key) is not { } text)
        {
            return null;
        }

        var word = text.Text.ToLowerInvariant();
        return TrueWords.Contains(word) ? true
            : FalseWords.Contains(word) ? false
            : throw text.Start.Error(LoadCodes.YamlValidate, $"Can't decode YAML scalar value '{text.Text}' of '{key}'; allowed are true and false", Title);
    }

    /// <summary>A sequence of scalars; null where the key is absent.</summary>
    public List<SourceText>? Texts(string key)
    {
        if (!TryNode(key, out var node))
        {
            return null;
        }

        if (IsNull(node))
        {
            return [];
        }

        return node is YamlSequenceNode sequence ? [.. sequence.Children.Select(child => Text(child, key))]
            : throw Location.Of(source, node).Error(LoadCodes.YamlValidate, $"Value of '{key}' is not a sequence, but {Kind(node)}", Title);
    }

    public SourceText Text(YamlNode node, string key) => node is YamlScalarNode scalar
        ? new SourceText(scalar.Value ?? "", Location.Of(source, node), scalar)
        : throw Location.Of(source, node).Error(LoadCodes.YamlValidate, $"An entry of '{key}' is not a scalar value, but {Kind(node)}", Title);

    /// <summary>The items of a sequence of mappings.</summary>
    public List<YamlItem> Items(string key)
    {
        if (!TryNode(key, out var node) || IsNull(node))
        {
            return [];
        }

        if (node is not YamlSequenceNode sequence)
        {
            throw Location.Of(source, node).Error(LoadCodes.YamlValidate, $"Value of '{key}' is not a sequence, but {Kind(node)}", Title);
        }

        return [.. sequence.Children.Select(child => child is YamlMappingNode map ? new YamlItem(source, map) { Title = Title }
            : throw Location.Of(source, child).Error(LoadCodes.YamlValidate, $"An entry of '{key}' is not a mapping, but {Kind(child)}", Title))];
    }

    /// <summary>Keys of this item and where they are.</summary>
    public IEnumerable<(string Key, Location Location)> Keys => mapping.Children
        .Select(pair => ((pair.Key as YamlScalarNode)?.Value ?? "", Location.Of(source, pair.Key)));

    /// <summary>Keys that nobody asked for.</summary>
    public IEnumerable<LoadMessage> UnknownKeys() => Keys.Where(pair => !_known.Contains(pair.Key)).Select(pair => pair.Location.Message(
        LoadCodes.UnknownKey, $"Unknown key '{pair.Key}' is ignored; did you mean '{Fields.EditDistance.Nearest(pair.Key, _known)}'?", Title));

    /// <summary>A mapping under a key.</summary>
    public YamlItem? Child(string key) => !TryNode(key, out var node) || IsNull(node) ? null
        : node is YamlMappingNode map ? new YamlItem(source, map) { Title = Title }
        : throw Location.Of(source, node).Error(LoadCodes.YamlValidate, $"Value of '{key}' is not a mapping, but {Kind(node)}", Title);

    public static string Kind(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a sequence",
        _ => "a scalar",
    };
}
