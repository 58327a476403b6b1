using System.Collections.Concurrent;
using System.Diagnostics;
using Syscribe.Capture;
using Syscribe.Events;
using Syscribe.Rules;
using Syscribe.Scenarios.Staging;

namespace Syscribe.Scenarios.Tests;

/// <summary>An event of a played variant, and which rules hold for it.</summary>
internal sealed record VariantEvent(
    string Type, long TimeNs, long? Return, string Process, string Executable, IReadOnlyList<string> Texts, string? Narrowed, string? Full)
{
    public override string ToString() => $"{Type} = {Return?.ToString() ?? "?"} by {Process}: {string.Join(" | ", Texts)}";
}

/// <summary>The events of variants' types, captured live, of what this process has played.</summary>
public sealed class VariantCapture : IDisposable
{
    private readonly CaptureSession? _session;
    private readonly RuleSet _full = RuleLoader.Load([DefaultRules.Source]).RuleSet!;
    private readonly RuleSet _narrowed;
    private readonly ConcurrentQueue<VariantEvent> _events = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _polling = Task.CompletedTask;
    private readonly HashSet<string> _types = [.. VariantCatalog.All.Select(variant => variant.Event)];
    private long _seenNs;
    private long _dropped;

    public VariantCapture()
    {
        _narrowed = RuleNarrowing.Narrow(_full, VariantCatalog.TrainedCalls);
        Missing = !Prerequisites.IsRoot ? "capture needs root; run with sudo"
            : !File.Exists("/sys/kernel/btf/vmlinux") ? "the kernel has no BTF (/sys/kernel/btf/vmlinux)"
            : null;
        if (Missing is not null)
            return;
        _session = CaptureSession.Open(new CaptureOptions { RingBytes = 128 * 1024 * 1024, ExcludedSyscalls = Detection.Idle });
        _polling = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string? Missing { get; }

    /// <summary>Plays a variant; its events. Played again where events were dropped meanwhile, as others load the machine.</summary>
    internal async Task<IReadOnlyList<VariantEvent>> Play(Variant variant)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        for (var attempt = 1; ; attempt++)
        {
            var dropped = Volatile.Read(ref _dropped);
            var result = await new ScenarioRunner().RunAsync(variant.Scenario, TestContext.Current.CancellationToken);
            Assert.SkipWhen(result.Outcome == ScenarioOutcome.Skipped, result.Reason ?? "");
            Assert.True(result.Reason is null, result.Reason);
            Assert.True(WaitFor(result.EndedNs), "no event later than the variant's end arrived within 20 s");
            Assert.False(_polling.IsFaulted, _polling.Exception?.ToString() ?? "");
            var events = _events.Where(e => e.Type == variant.Event && e.TimeNs >= result.StartedNs && e.TimeNs <= result.EndedNs
                && VariantCatalog.IsAbout(variant, e.Process, e.Executable, e.Texts)).ToList();
            if (Volatile.Read(ref _dropped) == dropped || attempt == 5)
                return events;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _polling.Wait(TimeSpan.FromSeconds(10));
        _session?.Dispose();
        _stop.Dispose();
    }

    private bool WaitFor(long timeNs)
    {
        Process.Start("true").WaitForExit();
        return SpinWait.SpinUntil(() => Volatile.Read(ref _seenNs) > timeNs || _polling.IsCompleted, TimeSpan.FromSeconds(20));
    }

    private void Poll()
    {
        while (!_stop.IsCancellationRequested)
        {
            _session!.Poll(TimeSpan.FromMilliseconds(5), e =>
            {
                if (e.Process is { } process && IsPlayed(process) && _types.Contains(e.Type.ToString()))
                    _events.Enqueue(Make(e, process));
                Volatile.Write(ref _seenNs, e.TimeNs);
            });
            Volatile.Write(ref _dropped, _session.Counters.Dropped);
        }
    }

    // Our children are players, which prepare and clean up; what they start plays. runc sets a container up before that.
    private static bool IsPlayed(ProcessInfo process) =>
        process.Ancestors.Skip(1).Any(ancestor => ancestor.Pid == Environment.ProcessId)
        && !process.Name.ToString().StartsWith("runc", StringComparison.Ordinal);

    private VariantEvent Make(SyscallEvent e, ProcessInfo process) => new(
        e.Type.ToString(),
        e.TimeNs,
        e.Return,
        process.Name.ToString(),
        process.ExePath.ToString(),
        [.. Texts(e)],
        First(_narrowed, e),
        First(_full, e));

    private static IEnumerable<string> Texts(SyscallEvent e) =>
        e.Params.SelectMany(param => (Utf8[])[param.Text, param.Resolved])
            .Append(e.HasFd ? e.Fd.Name : default)
            .Where(text => !text.IsNull).Select(text => text.ToString());

    private static string? First(RuleSet rules, SyscallEvent e)
    {
        var matches = new List<Rule>();
        rules.Evaluate(e, matches);
        return matches.FirstOrDefault()?.Name;
    }
}
