namespace Syscribe.Rules.Loading;

/// <summary>Everything defined so far, in order of first definition.</summary>
internal sealed class DefinitionSet
{
    private int _next;

    public List<ListDefinition> Lists { get; } = [];

    public List<MacroDefinition> Macros { get; } = [];

    public List<RuleDefinition> Rules { get; } = [];

    public List<LoadMessage> Warnings { get; } = [];

    /// <summary>Plugins that files require, with the place.</summary>
    public List<(Location Location, List<(string Name, string Version)> Alternatives)> RequiredPlugins { get; } = [];

    public int NextIndex() => _next++;

    public ListDefinition? List(string name) => Lists.Find(list => list.Name == name);

    public MacroDefinition? Macro(string name) => Macros.Find(macro => macro.Name == name);

    public RuleDefinition? Rule(string name) => Rules.Find(rule => rule.Name == name);
}
