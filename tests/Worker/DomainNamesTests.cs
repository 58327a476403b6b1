using Microsoft.Extensions.Logging.Abstractions;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Rules;

namespace Syscribe.Worker.Tests;

/// <summary>Names in rules, against the resolver of this machine; localhost needs no name server.</summary>
public sealed class DomainNamesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-names-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_names_of_rules_are_resolved_after_the_start_and_after_a_change_of_the_files()
    {
        await using var worker = Start("name-that-cannot-be.invalid", resolve: true);
        Assert.False(Matches(worker));

        Write("localhost");
        Assert.True(worker.ReloadRules());

        Assert.True(SpinWait.SpinUntil(() => Matches(worker), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Without_resolution_no_address_has_a_name()
    {
        await using var asking = Start("localhost", resolve: true);
        await using var silent = Start("localhost", resolve: false);

        Assert.True(SpinWait.SpinUntil(() => Matches(asking), TimeSpan.FromSeconds(20)));
        Assert.False(Matches(silent));
    }

    private RulesWorker Start(string name, bool resolve)
    {
        Write(name);
        return RulesWorker.Start(
            new RulesWorkerOptions
            {
                // Nobody answers there: a broker that is away is waited for.
                Client = ClientSettings.For("127.0.0.1:1", "http://127.0.0.1:1"),
                RulePaths = [Path.Combine(_folder, "rules.yaml")],
                ResolveNames = resolve,
            },
            NullLogger.Instance);
    }

    private void Write(string name) => File.WriteAllText(
        Path.Combine(_folder, "rules.yaml"),
        $"- rule: r\n  desc: d\n  condition: evt.type = connect and fd.sip.name = {name}\n  output: o\n  priority: NOTICE\n");

    private static bool Matches(RulesWorker worker)
    {
        var syscall = new SyscallEvent { Type = Utf8.From("connect"), HasFd = true };
        syscall.Fd.ServerIp = Utf8.Copy([127, 0, 0, 1]);
        var matches = new List<Rule>();
        worker.Rules.Evaluate(syscall, matches);
        return matches.Count == 1;
    }
}
