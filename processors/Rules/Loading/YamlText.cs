using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Syscribe.Rules.Loading;

/// <summary>Parses YAML, whose errors carry a place and what was expected.</summary>
internal static class YamlText
{
    /// <exception cref="LoadException">The text is no YAML.</exception>
    public static YamlStream Parse(RuleSource source, string shape)
    {
        var stream = new YamlStream();
        var scanner = new Scanner(new StringReader(source.Text));
        try
        {
            stream.Load(new Parser(scanner));
        }
        catch (YamlException e)
        {
            throw Location.Of(source, e.Start).Error(LoadCodes.YamlParse, $"{e.Message.TrimEnd('.')}; {shape}");
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 18.1.0 ends so at an unclosed flow sequence that is followed by a document marker.
            throw Location.Of(source, scanner.CurrentPosition).Error(LoadCodes.YamlParse, $"unexpected text here; {shape}");
        }

        return stream;
    }
}
