using System.Globalization;

namespace Syscribe.Rules.Loading;

/// <summary>What a file requires of the engine.</summary>
internal static class Headers
{
    /// <summary>The rule language that is spoken here: Falco's engine version.</summary>
    public const string EngineVersion = "0.63.0";

    private static readonly (string Name, string Version)[] BuiltInPlugins = [("container", "0.7.1")];

    public static void ReadEngineVersion(YamlItem item)
    {
        var required = item.Required("required_engine_version");
        var version = uint.TryParse(required.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? [0, minor, 0] : Parse(required.Text);
        if (version is null)
        {
            throw required.Start.Error(LoadCodes.YamlValidate, $"Unable to parse engine version '{required.Text}' as a semver string. Expected \"x.y.z\" semver format.");
        }

        if (!Satisfies(Parse(EngineVersion)!, version))
        {
            throw required.Start.Error(LoadCodes.Validate, $"Rules require engine version {string.Join('.', version)}, but engine version is {EngineVersion}");
        }
    }

    public static IEnumerable<(Location Location, List<(string Name, string Version)> Alternatives)> ReadPluginVersions(YamlItem item)
    {
        foreach (var plugin in item.Items("required_plugin_versions"))
        {
            var alternatives = new List<(string, string)> { ReadPlugin(plugin) };
            alternatives.AddRange(plugin.Items("alternatives").Select(ReadPlugin));
            yield return (plugin.Location, alternatives);
        }
    }

    /// <summary>The requirement that no built-in plugin meets; null where all are met.</summary>
    public static LoadMessage? Check(DefinitionSet set)
    {
        foreach (var (location, alternatives) in set.RequiredPlugins)
        {
            if (!alternatives.Any(wanted => BuiltInPlugins.Any(plugin => plugin.Name == wanted.Name && Satisfies(Parse(plugin.Version)!, Parse(wanted.Version)!))))
            {
                var wanted = string.Join(" or ", alternatives.Select(plugin => $"{plugin.Name} {plugin.Version}"));
                return location.Message(LoadCodes.Validate, $"Plugin requirement not satisfied, must load one of: {wanted}; built in is container {BuiltInPlugins[0].Version}");
            }
        }

        return null;
    }

    private static (string Name, string Version) ReadPlugin(YamlItem plugin)
    {
        var version = plugin.Required("version");
        return Parse(version.Text) is not null ? (plugin.Required("name").Text, version.Text)
            : throw version.Start.Error(LoadCodes.YamlValidate, $"Invalid plugin version '{version.Text}'. Expected \"x.y.z\" semver format.");
    }

    private static bool Satisfies(uint[] have, uint[] wanted) =>
        have[0] == wanted[0] && (have[1], have[2]).CompareTo((wanted[1], wanted[2])) >= 0;

    private static uint[]? Parse(string text)
    {
        // What follows - or + is a pre-release or build name.
        var parts = text.Split('-', '+')[0].Split('.');
        var numbers = parts.Select(part => uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (uint?)null).ToArray();
        return numbers.Length == 3 && numbers.All(number => number is not null) ? [.. numbers.Select(number => number!.Value)] : null;
    }
}
