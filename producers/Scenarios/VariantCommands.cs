using System.Text.Json;

namespace Syscribe.Scenarios;

/// <summary>Variants that a command line asks for.</summary>
/// <param name="Any">Whether it asks for any.</param>
/// <param name="Unknown">A name that is neither a variant's nor an intent's; null where there is none.</param>
/// <param name="Scenarios">What to play.</param>
internal sealed record NamedVariants(bool Any, string? Unknown, IReadOnlyList<Scenario> Scenarios);

/// <summary>What the commands do with <c>--variants</c> and <c>--variant</c>.</summary>
internal static class VariantCommands
{
    public static int List(ScenarioWhere? place, bool json)
    {
        foreach (var variant in VariantCatalog.All.Where(variant => place is null || variant.Where == place))
        {
            Console.WriteLine(json
                ? JsonSerializer.Serialize(
                    new
                    {
                        variant.Name, variant.Intent, variant.Rule, variant.Call, variant.Event, trained = variant.IsTrained, variant.Where,
                        variant.Result, variant.Refusal, variant.Scenario.Description, variant.Scenario.NeedsRoot,
                    },
                    ScenarioCommands.Format)
                : $"{variant.Name,-52} {(variant.IsTrained ? "trained" : ""),-8} {variant.Rule,-56} {variant.Scenario.Description}");
        }

        return 0;
    }

    public static NamedVariants Named(bool all, string[] names)
    {
        bool Means(Variant variant, string name) => variant.Name == name || variant.Intent == name;

        return new(
            all || names.Length > 0,
            names.FirstOrDefault(name => !VariantCatalog.All.Any(variant => Means(variant, name))),
            [.. VariantCatalog.All.Where(variant => all || names.Any(name => Means(variant, name))).Select(variant => variant.Scenario)]);
    }
}
