using System.Diagnostics;
using Syscribe.Capture;
using Syscribe.Events;

[assembly: AssemblyFixture(typeof(Syscribe.Kernel.Tests.CaptureFixture))]

namespace Syscribe.Kernel.Tests;

/// <summary>
/// One capture of this process and its children for all tests. A test's calls run on a thread of their own between two
/// marker calls; when the second marker has arrived, everything between them has.
/// </summary>
public sealed class CaptureFixture : IDisposable
{
    private const int Access = 21;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(2);

    // Wanted of all processes: an orphan does not descend from this one any more.
    private static readonly Utf8 Execve = Utf8.From("execve");

    private readonly Lock _gate = new();
    private readonly List<SeenEvent> _seen = [];
    private readonly ManualResetEventSlim _arrived = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CaptureSession? _session;
    private readonly Thread? _poller;
    private int _pollerTid;

    public CaptureFixture()
    {
        Missing = Prerequisites.Missing();
        if (Missing is not null)
        {
            return;
        }

        _session = CaptureSession.Open(new CaptureOptions
        {
            IncludeOwnProcess = true,
            RingBytes = 64 * 1024 * 1024,

            // Waiting for events makes these, so that they would feed on themselves.
            ExcludedSyscalls = ["futex", "sched_yield", "madvise"],
        });
        _poller = new Thread(Poll) { Name = "capture" };
        _poller.Start();
    }

    /// <summary>Why nothing can be captured here; null where it can.</summary>
    public string? Missing { get; }

    public CaptureCounters Counters { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _poller?.Join();
        _session?.Dispose();
        _arrived.Dispose();
        _stop.Dispose();
    }

    /// <summary>The events of the calls that <paramref name="action"/> makes, on a new thread.</summary>
    internal IReadOnlyList<SeenEvent> Trace(Action action)
    {
        Assert.SkipUnless(Missing is null, Missing ?? "");
        var marker = $"/syscribe-{Guid.NewGuid():N}";
        var tid = 0;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            tid = Sys.Tid();
            Sys.Call(Access, marker + "-begin", 0);
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            Sys.Call(Access, marker + "-end", 0);
        }) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Deadline), $"the calls did not return within {Deadline.TotalSeconds} s");
        if (failure is not null)
        {
            throw failure;
        }

        WaitFor(seen => IsMarker(seen, marker + "-end"));
        lock (_gate)
        {
            var begin = _seen.FindLastIndex(seen => IsMarker(seen, marker + "-begin"));
            var end = _seen.FindLastIndex(seen => IsMarker(seen, marker + "-end"));
            return [.. _seen[(begin + 1)..end].Where(seen => seen.Tid == tid)];
        }
    }

    /// <summary>The only event of a type among the calls of <paramref name="action"/>.</summary>
    internal SeenEvent One(string type, Action action) => Assert.Single(Trace(action), seen => seen.Type == type);

    /// <summary>Waits for an event, of any process that descends from this one.</summary>
    internal SeenEvent WaitFor(Predicate<SeenEvent> wanted)
    {
        Assert.SkipUnless(Missing is null, Missing ?? "");
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (_seen.FindLast(wanted) is { } found)
                {
                    return found;
                }

                _arrived.Reset();
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, $"no such event in {Deadline.TotalSeconds} s; {Counters}");
            _arrived.Wait(Deadline);
        }
    }

    private static bool IsMarker(SeenEvent seen, string path) => seen.Type == "access" && seen["filename"] == path;

    private void Poll()
    {
        var self = Environment.ProcessId;
        _pollerTid = Sys.Tid();
        while (!_stop.IsCancellationRequested)
        {
            var added = false;
            _session!.Poll(PollTime, seen =>
            {
                if (seen.ThreadId != _pollerTid && seen.Process is { } process
                    && (seen.Type == Execve || process.Pid == self || process.Ancestors.Any(ancestor => ancestor.Pid == self)))
                {
                    var copy = new SeenEvent(seen);
                    lock (_gate)
                    {
                        _seen.Add(copy);
                    }

                    added = true;
                }
            });
            Counters = _session.Counters;
            if (added)
            {
                _arrived.Set();
            }
        }
    }
}
