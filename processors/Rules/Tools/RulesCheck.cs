namespace Syscribe.Rules.Tools;

/// <summary>What a check of rule files found.</summary>
/// <param name="Files">Files read, in order.</param>
/// <param name="Rules">Rules defined.</param>
/// <param name="EnabledRules">Rules that are evaluated.</param>
/// <param name="Macros">Macros defined.</param>
/// <param name="Lists">Lists defined.</param>
/// <param name="Errors">What makes the files unusable.</param>
/// <param name="Warnings">What is suspicious.</param>
/// <param name="SystemCalls">Event types that enabled rules name, sorted.</param>
public sealed record RulesCheckResult(
    IReadOnlyList<string> Files,
    int Rules,
    int EnabledRules,
    int Macros,
    int Lists,
    IReadOnlyList<LoadMessage> Errors,
    IReadOnlyList<LoadMessage> Warnings,
    IReadOnlyList<string> SystemCalls)
{
    /// <summary>Whether the files can be used.</summary>
    public bool Passed => Errors.Count == 0;

    /// <summary>A summary for people; messages first, one a line.</summary>
    public string ToTable() => string.Join('\n', Errors.Select(error => $"error: {error}").Concat(Warnings.Select(warning => $"warning: {warning}")).Append(
        TextTable.Render(
            ["files", "rules", "enabled", "macros", "lists", "errors", "warnings"],
            [[$"{Files.Count}", $"{Rules}", $"{EnabledRules}", $"{Macros}", $"{Lists}", $"{Errors.Count}", $"{Warnings.Count}"]])))
        + (SystemCalls.Count > 0 ? $"\nsystem calls named ({SystemCalls.Count}): {string.Join(' ', SystemCalls)}\n" : "\n");

    /// <summary>The same as one JSON object.</summary>
    public string ToJson() => ToolJson.Write(new
    {
        passed = Passed,
        files = Files,
        rules = Rules,
        enabledRules = EnabledRules,
        macros = Macros,
        lists = Lists,
        errors = Errors.Select(ToolJson.Message),
        warnings = Warnings.Select(ToolJson.Message),
        systemCalls = SystemCalls,
    });
}

/// <summary><c>syscribe rules check</c>: loads rule files and says what is in them.</summary>
public static class RulesCheck
{
    /// <summary>Checks files and directories, in order.</summary>
    public static RulesCheckResult Run(IEnumerable<string> paths, RuleLoadOptions? options = null)
    {
        var sources = RuleFiles.Read(paths, out var unreadable);
        return Run(sources, options, unreadable);
    }

    /// <summary>Checks texts.</summary>
    public static RulesCheckResult Run(IReadOnlyList<RuleSource> sources, RuleLoadOptions? options = null, IReadOnlyList<LoadMessage>? unreadable = null)
    {
        var load = RuleLoader.Load(sources, options);
        var enabled = load.RuleSet?.Rules.Where(rule => rule.Enabled).ToList() ?? [];
        var calls = enabled.SelectMany(rule => rule.EventTypes ?? []).Distinct().Where(type => load.RuleSet!.Names(Events.Utf8.From(type)));
        return new RulesCheckResult(
            [.. sources.Select(source => source.Name)], load.RuleCount, enabled.Count, load.MacroCount, load.ListCount,
            [.. unreadable ?? [], .. load.Errors], load.Warnings, [.. calls.Order(StringComparer.Ordinal)]);
    }
}
