using Syscribe.Rules;

namespace Syscribe.Worker;

/// <summary>The rules that a command names: files and directories, or those that ship with Syscribe.</summary>
internal sealed class NamedRules(IReadOnlyList<string> paths, RuleLoadOptions options)
{
    /// <summary>Files and directories; empty for the default rules.</summary>
    public IReadOnlyList<string> Paths => paths;

    /// <summary>What error messages call them.</summary>
    public string Name => paths.Count == 0 ? DefaultRules.Source.Name : string.Join(", ", paths);

    public RuleLoadResult Load() =>
        paths.Count == 0 ? RuleLoader.Load([DefaultRules.Source], options) : RuleLoader.LoadPaths(paths, options);

    /// <exception cref="UserErrorException">The rules have errors, which the message lists, or there are none.</exception>
    public RuleSet LoadOrThrow()
    {
        var result = Load();
        if (result.RuleSet is not { } rules)
        {
            throw new UserErrorException($"rules of {Name} have errors:\n  {string.Join("\n  ", result.Errors)}");
        }

        return rules.Rules.Any(r => r.Enabled)
            ? rules
            : throw new UserErrorException($"{Name}: no enabled rule in {result.RuleCount}; name a rule file or a directory with .yaml files");
    }
}
