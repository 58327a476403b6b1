using Syscribe.Inference;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Kafka;
using Syscribe.Rules;
using Syscribe.Scenarios;

namespace Syscribe.Local.Compare;

/// <summary>The comparison's part of a run: what it plays, and what it sees by itself.</summary>
internal sealed class CompareRun : IDisposable
{
    /// <summary>
    /// System calls that are not captured meanwhile: the most frequent ones, of which neither a variant nor a rule is made. A
    /// run reads every event three times, and what another program reads and waits for is not its subject.
    /// </summary>
    public static readonly IReadOnlyList<string> LeftOut =
    [
        "brk", "clock_gettime", "clock_nanosleep", "epoll_wait", "fstat", "futex", "getdents64", "lseek", "madvise", "mmap", "mprotect",
        "munmap", "newfstatat", "poll", "pread64", "pwrite64", "read", "readlink", "recvmsg", "rt_sigaction", "rt_sigprocmask", "sched_yield",
        "sendmsg", "stat", "statx", "write",
    ];

    private readonly VariantWatch _watch;
    private readonly InventedCalls _invented;
    private readonly VariantPlay _play;

    /// <param name="client">Settings of its clients.</param>
    /// <param name="modelWaits">Suspects that the model has yet to judge; 0 without a model.</param>
    public CompareRun(ClientSettings client, Func<long> modelWaits)
    {
        var rules = RuleLoader.Load([DefaultRules.Source]).RuleSet!; // a test holds that they load
        _watch = new VariantWatch(client, RuleNarrowing.Narrow(rules, VariantCatalog.TrainedCalls));
        _invented = new InventedCalls(client);
        _play = new VariantPlay(_watch, _invented, modelWaits);
    }

    /// <summary>What it plays.</summary>
    public IPlay Play => _play;

    /// <summary>Records published besides the agent's.</summary>
    public long Published => _play.Published;

    /// <summary>Records of <c>syscalls.v1</c> that it has read.</summary>
    public long Read => _watch.Count;

    /// <summary>The result, once everything is judged.</summary>
    /// <param name="alerts">What the rules and the model raised.</param>
    /// <param name="model">Name of the model's file; null without one.</param>
    /// <param name="wanted">The model that was asked for, <see cref="LocalOptions.Model"/>.</param>
    /// <param name="record">Where the variants' events go; null: nowhere.</param>
    /// <exception cref="IOException">The recording cannot be written.</exception>
    public Comparison Finish(AlertFeed alerts, string? model, string? wanted, FileInfo? record)
    {
        var played = _play.Results();
        if (record is not null)
        {
            VariantRecording.Write(record, played);
        }

        return Comparer.Make(played, alerts.On, model, model is null ? NoModel(wanted) : null);
    }

    private static string NoModel(string? wanted) =>
        wanted == LocalOptions.NoModel ? "--model none leaves it out"
        : ShippedModel.Path is null ? "this build comes without a model; --model FILE names one"
        : LlamaLibrary.NotFound();

    /// <inheritdoc />
    public void Dispose()
    {
        _invented.Dispose();
        _watch.Dispose();
    }
}
