using System.Collections.Concurrent;
using System.Diagnostics;
using Syscribe.Capture;
using Syscribe.Events;
using Syscribe.Rules;
using Syscribe.Scenarios.Staging;

namespace Syscribe.Scenarios.Tests;

/// <summary>A rule that matched, and the processes that led to it, nearest first.</summary>
internal sealed record Match(string Rule, long TimeNs, IReadOnlyList<long> Lineage, string Message);

/// <summary>
/// The default rules over this machine's live system calls, in this process: capture and rules without the wire between
/// them. Null members where the machine cannot capture; <see cref="Missing"/> says why.
/// </summary>
public sealed class Detection : IDisposable
{
    // Frequent, named by no rule, and of no effect on what the capture knows of processes and descriptors.
    private static readonly string[] Idle =
    [
        "brk", "clock_gettime", "clock_nanosleep", "epoll_wait", "fstat", "futex", "getdents64", "lseek", "madvise", "mmap",
        "mprotect", "munmap", "newfstatat", "poll", "pread64", "pwrite64", "read", "readlink", "rt_sigaction", "rt_sigprocmask",
        "sched_yield", "stat", "statx", "write",
    ];

    private readonly CaptureSession? _session;
    private readonly RuleSet _rules;
    private readonly ConcurrentQueue<Match> _matches = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _polling = Task.CompletedTask;
    private long _seenNs;
    private long _dropped;

    public Detection()
    {
        _rules = RuleLoader.Load([DefaultRules.Source]).RuleSet!; // DefaultRulesTests assert that they load
        Missing = !Prerequisites.IsRoot ? "capture needs root; run with sudo"
            : !File.Exists("/sys/kernel/btf/vmlinux") ? "the kernel has no BTF (/sys/kernel/btf/vmlinux)"
            : null;
        if (Missing is not null)
            return;
        _session = CaptureSession.Open(new CaptureOptions { RingBytes = 128 * 1024 * 1024, ExcludedSyscalls = Idle });
        _polling = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string? Missing { get; }

    /// <summary>Events lost in the kernel since the start, as of the last poll.</summary>
    internal long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The matches of the scenario's processes, when everything up to its end has been judged.</summary>
    internal IReadOnlyList<Match> Of(ScenarioResult result)
    {
        Assert.True(WaitFor(result.EndedNs), "no event later than the scenario's end arrived within 20 s");
        Assert.False(_polling.IsFaulted, _polling.Exception?.ToString() ?? "");
        return [.. _matches.Where(match => match.TimeNs >= result.StartedNs && match.TimeNs <= result.EndedNs
            && result.Pids.Any(pid => match.Lineage.Contains(pid)))];
    }

    /// <summary>All matches in the scenario's time, whoever's: for the message of a failure.</summary>
    internal string Around(ScenarioResult result) => string.Join("; ", _matches
        .Where(match => match.TimeNs >= result.StartedNs - 1_000_000_000 && match.TimeNs <= result.EndedNs + 1_000_000_000)
        .Select(match => $"{match.Rule} at {match.TimeNs} by {string.Join('<', match.Lineage)}"));

    public void Dispose()
    {
        _stop.Cancel();
        _polling.Wait(TimeSpan.FromSeconds(10));
        _session?.Dispose();
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
        var matches = new List<Rule>();
        while (!_stop.IsCancellationRequested)
        {
            _session!.Poll(TimeSpan.FromMilliseconds(5), syscall =>
            {
                _rules.Evaluate(syscall, matches);
                foreach (var rule in matches)
                    _matches.Enqueue(new Match(rule.Name, syscall.TimeNs, Lineage(syscall), rule.Output.Render(syscall).Message));
                Volatile.Write(ref _seenNs, syscall.TimeNs);
            });
            Volatile.Write(ref _dropped, _session.Counters.Dropped);
        }
    }

    private static List<long> Lineage(SyscallEvent syscall) => syscall.Process is { } process
        ? [process.Pid, .. process.Ancestors.Select(ancestor => ancestor.Pid)]
        : [];
}
