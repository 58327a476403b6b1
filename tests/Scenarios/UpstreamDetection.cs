using System.Net;
using System.Net.Sockets;
using Syscribe.Rules;
using Syscribe.Rules.Domains;

namespace Syscribe.Scenarios.Tests;

/// <summary>
/// All upstream rules, those that ship disabled too, where every match counts. Names in rules resolve to the addresses that
/// scenarios contact in their place, as no test asks a real name server.
/// </summary>
public sealed class UpstreamDetection() : Detection(Load(), Repository.UpstreamFolder)
{
    private static readonly Dictionary<string, string> Zone = new()
    {
        ["kubernetes.default.svc.cluster.local"] = ScenarioCatalog.ApiServer,
        ["eu1.ethermine.org"] = ScenarioCatalog.MiningPool,
    };

    private static RuleSet? Load()
    {
        if (!Directory.Exists(Repository.UpstreamFolder))
            return null;
        var resolver = new DomainResolver(Answer);
        var rules = RuleLoader.LoadPaths(
            [Repository.UpstreamFolder],
            new RuleLoadOptions { EnableAll = true, Matching = RuleMatching.All, Resolver = resolver }).RuleSet!;
        resolver.Watch(rules.DomainNames);
        Assert.True(SpinWait.SpinUntil(() => resolver.Resolved == Zone.Count, TimeSpan.FromSeconds(10)), "not all names of the zone are in rules");
        return rules;
    }

    private static Task<IPAddress[]> Answer(string name, CancellationToken cancellation) =>
        Zone.TryGetValue(name, out var address)
            ? Task.FromResult<IPAddress[]>([IPAddress.Parse(address)])
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
}
