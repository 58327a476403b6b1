using System.Text;
using Confluent.Kafka;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Scenarios;

namespace Syscribe.Local.Compare;

/// <summary>
/// System calls that do not exist: a played event of a trained call is published once more under a name that a later kernel
/// might have, as a capture of its own, so that everything behind the agent takes it for real.
/// </summary>
internal sealed class InventedCalls : IDisposable
{
    /// <summary>The run of every event of these. Agents count theirs from the epoch: the sign tells it from them.</summary>
    public static readonly long Run = -Now();

    private static readonly IReadOnlyDictionary<string, string[]> Names = new Dictionary<string, string[]>
    {
        ["chmod"] = ["fchmodat3"],
        ["connect"] = ["connectat"],
        ["dup2"] = ["dup4"],
        ["execve"] = ["execvex", "execve3"],
        ["init_module"] = ["finit_module2"],
        ["link"] = ["linkat2"],
        ["mkdir"] = ["mkdirat2"],
        ["open"] = ["openat4", "fdopenat"],
        ["ptrace"] = ["ptrace2"],
        ["rename"] = ["renameat3"],
        ["setuid"] = ["setuid2"],
        ["socket"] = ["socket2"],
        ["symlink"] = ["symlinkat2"],
        ["unlink"] = ["unlinkat2"],
    };

    private readonly IDisposable _registry;
    private readonly IProducer<byte[], SyscallEvent> _producer;
    private long _seq;

    /// <param name="client">Settings of the producer and the registry client.</param>
    public InventedCalls(ClientSettings client)
    {
        var registry = client.CreateRegistryClient();
        _registry = registry;
        _producer = new ProducerBuilder<byte[], SyscallEvent>(client.ForProducer())
            .SetValueSerializer(new SyscallEventSerializer(registry, client.ForSerializer()))
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>Whether an event is one of these.</summary>
    public static bool IsOne(SyscallEvent e) => e.Run == Run;

    /// <summary>Names for a call; none for one that is not imitated.</summary>
    public static IReadOnlyList<string> Of(Variant variant) => Names.GetValueOrDefault(variant.Call) ?? [];

    /// <summary>Publishes <paramref name="e"/> as an event of now, and of the call <paramref name="name"/>.</summary>
    /// <returns>Its number in <see cref="Run"/>.</returns>
    public async Task<long> PublishAsync(SyscallEvent e, string name)
    {
        var copy = e.ToOwned();
        copy.Type = Utf8.From(name);
        copy.Run = Run;
        copy.Seq = ++_seq;
        copy.Number = -1;
        copy.KtimeNs = BootClock.NowNs();
        copy.TimeNs = Now();
        var key = Encoding.UTF8.GetBytes($"{copy.Node}/{copy.Process?.Pid}");
        await _producer.ProduceAsync(Topics.Syscalls, new Message<byte[], SyscallEvent> { Key = key, Value = copy });
        return copy.Seq;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _producer.Dispose();
        _registry.Dispose();
    }

    private static long Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
