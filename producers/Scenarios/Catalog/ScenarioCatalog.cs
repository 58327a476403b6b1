namespace Syscribe.Scenarios;

/// <summary>All scenarios.</summary>
public static partial class ScenarioCatalog
{
    /// <summary>Attacks by rule in the order of the default rules, those of upstream rules alone, then benign work. Names are unique.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. Execution(), .. Persistence(), .. Escalation(), .. Evasion(), .. Credentials(), .. Network(),
        .. UpstreamPrograms(), .. UpstreamFiles(), .. UpstreamNetwork(), .. Benign(),
    ];

    /// <summary>Those that the default rules judge: their attacks and benign work, without what only upstream rules name.</summary>
    public static IReadOnlyList<Scenario> OfDefaultRules { get; } =
        [.. All.Where(scenario => scenario.Rule is not null || scenario.Category == ScenarioCategory.Benign)];

    /// <summary>The scenario of that name, or null.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    // The same commands twice, since a rule that holds everywhere has to be seen on the host and in a container.
    private static Scenario[] Everywhere(string name, string? rule, string description, params ScenarioCommand[] commands) =>
    [
        OnHost(name, rule, description, commands),
        InContainer(name + "-in-container", rule, description, commands),
    ];

    private static Scenario OnHost(string name, string? rule, string description, params ScenarioCommand[] commands) =>
        new() { Name = name, Rule = rule, Where = ScenarioWhere.Host, Description = description, Commands = commands };

    private static Scenario InContainer(string name, string? rule, string description, params ScenarioCommand[] commands) =>
        OnHost(name, rule, description, commands) with { Where = ScenarioWhere.Container, NeedsRoot = true };

    // A container is thrown away whole, so traces concern the host alone.
    private static Scenario[] AsRoot(this Scenario[] scenarios, params string[] traces) =>
        [.. scenarios.Select(scenario => scenario with
        {
            NeedsRoot = true,
            Traces = scenario.Where == ScenarioWhere.Host ? traces : [],
        })];

    private static Scenario[] Leaving(this Scenario[] scenarios, params string[] traces) =>
        [.. scenarios.Select(scenario => scenario.Where == ScenarioWhere.Host ? scenario with { Traces = traces } : scenario)];
}
