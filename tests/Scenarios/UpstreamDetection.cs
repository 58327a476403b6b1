using System.Net;
using System.Net.Sockets;
using Syscribe.Rules;
using Syscribe.Rules.Domains;

namespace Syscribe.Scenarios.Tests;

/// <summary>
/// All upstream rules, those that ship disabled too, where every match counts. Names in rules resolve to the addresses that
/// scenarios contact in their place, as no test asks a real name server. Where containerd is installed, one of the test's own
/// runs privileged containers and tells of them.
/// </summary>
public sealed class UpstreamDetection : Detection
{
    private static readonly Dictionary<string, string> Zone = new()
    {
        ["kubernetes.default.svc.cluster.local"] = ScenarioCatalog.ApiServer,
        ["eu1.ethermine.org"] = ScenarioCatalog.MiningPool,
    };

    private readonly Runtime _runtime;

    public UpstreamDetection()
        : this(Start(new Runtime()))
    {
    }

    private UpstreamDetection(Runtime runtime)
        : base(Load(), Repository.UpstreamFolder, runtime.Socket) => _runtime = runtime;

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await _runtime.DisposeAsync();
    }

    private static Runtime Start(Runtime runtime)
    {
        runtime.InitializeAsync().AsTask().GetAwaiter().GetResult(); // the capture, which a constructor begins, needs its socket
        return runtime;
    }

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
