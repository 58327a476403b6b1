using System.Collections.Concurrent;
using System.Diagnostics;
using Syscribe.Capture;
using Syscribe.Containers;
using Syscribe.Events;
using Syscribe.Rules;
using Syscribe.Scenarios.Staging;

namespace Syscribe.Scenarios.Tests;

/// <summary>A rule that matched, the processes that led to it, nearest first, and the name that a runtime gives to their container.</summary>
internal sealed record Match(string Rule, long TimeNs, IReadOnlyList<long> Lineage, string? Container, string Message);

/// <summary>
/// Rules, by default our own, over this machine's live system calls, in this process: capture and rules without the wire between
/// them. Null members where the machine cannot capture; <see cref="Missing"/> says why.
/// </summary>
public class Detection : IAsyncDisposable
{
    // Frequent, named by no rule, and of no effect on what the capture knows of processes and descriptors.
    internal static readonly string[] Idle =
    [
        "brk", "clock_gettime", "clock_nanosleep", "epoll_wait", "fstat", "futex", "getdents64", "lseek", "madvise", "mmap",
        "mprotect", "munmap", "newfstatat", "poll", "pread64", "pwrite64", "read", "readlink", "rt_sigaction", "rt_sigprocmask",
        "sched_yield", "stat", "statx", "write",
    ];

    private readonly CaptureSession? _session;
    private readonly RuleSet? _rules;
    private readonly ContainerMetadata? _containers;
    private readonly EventHold? _hold;
    private readonly ConcurrentQueue<Match> _matches = new();
    private readonly List<Rule> _matched = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _polling = Task.CompletedTask;
    private long _seenNs;
    private long _dropped;

    public Detection()
        : this(RuleLoader.Load([DefaultRules.Source]).RuleSet, "processors/Rules/Default") // DefaultRulesTests assert that they load
    {
    }

    // Rules are null where there are none at the place, and the socket, of a runtime that tells of containers, where there is none.
    private protected Detection(RuleSet? rules, string place, string? runtimeSocket = null)
    {
        _rules = rules;
        Missing = rules is null ? $"{place} is missing or no rules"
            : !Prerequisites.IsRoot ? "capture needs root; run with sudo"
            : !File.Exists("/sys/kernel/btf/vmlinux") ? "the kernel has no BTF (/sys/kernel/btf/vmlinux)"
            : null;
        if (Missing is not null)
            return;
        if (runtimeSocket is not null)
        {
            var options = new ContainerOptions { CriSockets = [runtimeSocket], Wait = TimeSpan.FromSeconds(5) };
            _containers = ContainerMetadata.Start(options, _ => { });
            _hold = new EventHold(_containers, options);
        }

        _session = CaptureSession.Open(
            new CaptureOptions { RingBytes = 128 * 1024 * 1024, ExcludedSyscalls = Idle, Containers = _containers });
        _polling = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string? Missing { get; }

    // Events lost in the kernel since the start, as of the last poll.
    private long Dropped => Volatile.Read(ref _dropped);

    /// <summary>
    /// Plays a scenario; the matches of its processes. Where others put so much load on the machine that events were
    /// dropped meanwhile, which is counted, it is played again.
    /// </summary>
    internal async Task<(ScenarioResult Result, IReadOnlyList<Match> Matches)> Play(string name)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        for (var attempt = 1; ; attempt++)
        {
            var dropped = Dropped;
            var result = await new ScenarioRunner().RunAsync(ScenarioCatalog.Find(name)!, TestContext.Current.CancellationToken);
            Assert.SkipWhen(result.Outcome == ScenarioOutcome.Skipped, result.Reason ?? "");
            Assert.Null(result.Reason);
            var matches = Of(result);
            if (Dropped == dropped || attempt == 5)
                return (result, matches);
        }
    }

    /// <summary>What was raised by the scenario and, whoever's, in its time: for the message of a failure.</summary>
    internal string Describe(ScenarioResult result, IReadOnlyList<Match> matches) =>
        $"{result} with processes {string.Join(' ', result.Pids)} raised [{string.Join(", ", matches.Select(match => match.Rule))}]; "
        + $"in its time: [{Around(result)}]; events dropped since the start: {Dropped}";

    // The matches of the scenario's processes, when everything up to its end has been judged.
    private List<Match> Of(ScenarioResult result)
    {
        Assert.True(WaitFor(result.EndedNs), "no event later than the scenario's end arrived within 20 s");
        Assert.False(_polling.IsFaulted, _polling.Exception?.ToString() ?? "");
        return [.. _matches.Where(match => match.TimeNs >= result.StartedNs && match.TimeNs <= result.EndedNs
            && (match.Container == result.Name || result.Pids.Any(pid => match.Lineage.Contains(pid))))];
    }

    private string Around(ScenarioResult result) => string.Join("; ", _matches
        .Where(match => match.TimeNs >= result.StartedNs - 1_000_000_000 && match.TimeNs <= result.EndedNs + 1_000_000_000)
        .Select(match => $"{match.Rule} at {match.TimeNs} by {string.Join('<', match.Lineage)}"));

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _stop.CancelAsync();
        await _polling.WaitAsync(TimeSpan.FromSeconds(10));
        _session?.Dispose();
        if (_containers is not null)
            await _containers.DisposeAsync();
        _stop.Dispose();
    }

    // A process of ours makes an event later than the time, in case the machine is quiet.
    private bool WaitFor(long timeNs)
    {
        Process.Start("true").WaitForExit();
        return SpinWait.SpinUntil(() => Volatile.Read(ref _seenNs) > timeNs || _polling.IsCompleted, TimeSpan.FromSeconds(20));
    }

    private void Poll()
    {
        long latest = 0;
        while (!_stop.IsCancellationRequested)
        {
            _session!.Poll(TimeSpan.FromMilliseconds(5), syscall =>
            {
                latest = syscall.TimeNs;
                if (_hold is null)
                    Judge(syscall);
                else
                    _hold.Take(syscall, Judge);
            });
            _hold?.Release(Judge);

            // What waits for its container's metadata has not been judged yet.
            if (_hold is null or { Count: 0 })
                Volatile.Write(ref _seenNs, latest);
            Volatile.Write(ref _dropped, _session.Counters.Dropped);
        }
    }

    private void Judge(SyscallEvent syscall)
    {
        _rules!.Evaluate(syscall, _matched);
        foreach (var rule in _matched)
        {
            _matches.Enqueue(new Match(
                rule.Name, syscall.TimeNs, Lineage(syscall), syscall.Process?.Container?.Name.ToString(), rule.Output.Render(syscall).Message));
        }
    }

    private static List<long> Lineage(SyscallEvent syscall) => syscall.Process is { } process
        ? [process.Pid, .. process.Ancestors.Select(ancestor => ancestor.Pid)]
        : [];
}
