using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Syscribe.Rules.Loading;

/// <summary>A place in a rule file; line and column from 1.</summary>
internal readonly record struct Location(RuleSource Source, int Line, int Column)
{
    public static Location Of(RuleSource source, Mark mark) => new(source, (int)mark.Line, (int)mark.Column);

    public static Location Of(RuleSource source, YamlNode node) => Of(source, node.Start);

    public LoadMessage Message(string code, string message, string item = "") => new(code, message, Source.Name, Line, Column, item);

    public LoadException Error(string code, string message, string item = "") => new(Message(code, message, item));
}
