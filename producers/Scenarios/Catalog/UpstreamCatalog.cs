using System.Text;

namespace Syscribe.Scenarios;

/// <summary>
/// The rules of the Falco project's three files (falcosecurity/rules: stable, incubating and sandbox) in their order, and
/// the scenarios that raise each.
/// </summary>
public static partial class UpstreamCatalog
{
    private const string InRuntime = "where containerd runs, as only a container runtime says that a container is privileged";

    // The places of Falco's macro, each as the whole path that was meant, of a mount that is there.
    private const string SensitiveMount = """
        - macro: sensitive_mount
          condition: (container.mount.dest["^(/|/proc.*|/root.*|/home/admin|/etc|/etc/kubernetes|/etc/kubernetes/manifests|/var/lib/kubelet|/var/lib/kubelet/pki|/var/run/docker.sock|/var/run/crio/crio.sock|/run/containerd/containerd.sock)$"] exists)
          override:
            condition: replace
        """;

    private static readonly (string File, UpstreamRule[] Rules)[] Files =
    [
        ("falco_rules.yaml", Stable()), ("falco-incubating_rules.yaml", Incubating()), ("falco-sandbox_rules.yaml", Sandbox()),
    ];

    public static IReadOnlyList<UpstreamRule> Rules { get; } = [.. Files.SelectMany(file => file.Rules)];

    /// <summary>The whole table in Markdown: what <c>UPSTREAM.md</c> holds.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder("# Upstream Falco rules and the scenarios that raise them\n\n");
        text.Append(System.Globalization.CultureInfo.InvariantCulture,
            $"Live, {Rules.Count(rule => rule.Scenarios.Count > 0)} of {Rules.Count} rules are raised by a scenario, with those that ship disabled switched on and every match counted.\n");
        text.Append("Made by `syscribe-scenarios coverage`; `UpstreamDetectionTests` plays each scenario under capture and proves each line.\n");
        foreach (var (file, rules) in Files)
        {
            text.Append("\n## ").Append(file).Append("\n\n| Rule | Raised by |\n|---|---|\n");
            foreach (var rule in rules)
                text.Append("| ").Append(rule.Name).Append(rule.ShipsDisabled ? " (ships disabled)" : "").Append(" | ").Append(RaisedBy(rule)).Append(" |\n");
        }

        text.Append("\n## Raised by ordinary work too\n\n");
        text.Append("None of the benign scenarios raises a rule that ships enabled. These ship disabled, and are noisy by nature:\n\n");
        AppendNoise(text, shipsDisabled: true);
        text.Append("\nOne that ships enabled is raised by what comes before the work in a container, in Falco 0.44 as here:\n\n");
        AppendNoise(text, shipsDisabled: false);
        text.Append("\nA file of yours, loaded after Falco's, has it judge the mounts:\n\n```yaml\n").Append(SensitiveMount).Append("\n```\n");
        return text.ToString();
    }

    /// <summary>One line for each rule, folded away, in Markdown: what README holds.</summary>
    public static string ToSummary()
    {
        var text = new StringBuilder("<details>\n<summary>Of Falco's own ");
        text.Append(System.Globalization.CultureInfo.InvariantCulture,
            $"{Rules.Count} rules {Rules.Count(rule => rule.Scenarios.Count > 0)} are raised live by a scenario: each rule, and a scenario that raises it or why none does</summary>\n\n");
        text.Append("| rule | raised by |\n|---|---|\n");
        foreach (var rule in Rules)
            text.Append("| ").Append(rule.Name).Append(" | ").Append(RaisedBy(rule, most: 1)).Append(" |\n");
        return text.Append("\n</details>\n").ToString();
    }

    private static void AppendNoise(StringBuilder text, bool shipsDisabled)
    {
        foreach (var rule in Rules.Where(rule => rule.Noise is not null && rule.ShipsDisabled == shipsDisabled))
            text.Append("- ").Append(rule.Name).Append(": ").Append(rule.Noise).Append(".\n");
    }

    private static string RaisedBy(UpstreamRule rule, int most = int.MaxValue) => rule.NotRaised is { } reason
        ? "none: " + reason
        : string.Join(", ", rule.Scenarios.Take(most)) + (rule.Where is null ? "" : $" ({rule.Where})");

    private static UpstreamRule Raised(string name, params string[] scenarios) => new(name, scenarios);

    private static UpstreamRule NotRaised(string name, string reason) => new(name, []) { NotRaised = reason };

    private static UpstreamRule Where(this UpstreamRule rule, string where) => rule with { Where = where };

    private static UpstreamRule Disabled(this UpstreamRule rule) => rule with { ShipsDisabled = true };

    private static UpstreamRule Noisy(this UpstreamRule rule, string noise) => rule with { Noise = noise };
}
