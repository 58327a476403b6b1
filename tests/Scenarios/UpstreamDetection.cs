using Syscribe.Rules;

namespace Syscribe.Scenarios.Tests;

/// <summary>All upstream rules, those that ship disabled too, where every match counts.</summary>
public sealed class UpstreamDetection() : Detection(Load(), Repository.UpstreamFolder)
{
    private static RuleSet? Load() => Directory.Exists(Repository.UpstreamFolder)
        ? RuleLoader.LoadPaths([Repository.UpstreamFolder], new RuleLoadOptions { EnableAll = true, Matching = RuleMatching.All }).RuleSet
        : null;
}
