using System.Diagnostics;
using Syscribe.Capture;
using Syscribe.Capture.Syscalls;

namespace Syscribe.Kernel.Tests;

/// <summary>Sessions of their own: options, filters and counters.</summary>
public sealed class SessionTests(CaptureFixture capture)
{
    private const int Access = 21;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_system_call_that_does_not_exist_is_refused_by_name()
    {
        Need();
        var thrown = Assert.Throws<ArgumentException>(() => CaptureSession.Open(new CaptureOptions { ExcludedSyscalls = ["opnat"] }));

        Assert.Contains("There is no system call \"opnat\".", thrown.Message);
    }

    [Fact]
    public void Only_the_calls_asked_for_arrive_and_all_others_count_as_filtered()
    {
        Need();
        using var session = CaptureSession.Open(new CaptureOptions { OnlySyscalls = ["access"], IncludeOwnProcess = true });
        var types = Collect(session, "/only", () => Sys.Call(39));

        Assert.Contains("access", types);
        Assert.Subset(new HashSet<string> { "access", "execve", "execveat", "procexit" }, types);
        Assert.True(session.Counters.Filtered > 0);
    }

    [Fact]
    public void A_call_is_switched_off_and_on_while_running()
    {
        Need();
        using var session = CaptureSession.Open(new CaptureOptions { OnlySyscalls = ["access", "getpid"], IncludeOwnProcess = true });
        Assert.Contains("getpid", Collect(session, "/on", () => Sys.Call(39), ownOnly: true));
        session.SetEnabled("getpid", enabled: false);
        Assert.DoesNotContain("getpid", Collect(session, "/off", () => Sys.Call(39), ownOnly: true));
        session.SetEnabled("getpid", enabled: true);
        Assert.Contains("getpid", Collect(session, "/on-again", () => Sys.Call(39), ownOnly: true));
    }

    [Fact]
    public void The_kernel_tells_the_name_of_a_call_whose_number_nothing_knows()
    {
        const int Seal = 462;
        Need();
        var events = Tracefs.FindEvents();
        Assert.SkipUnless(events is not null && Directory.Exists(events + "/sys_enter_mseal"), "needs tracefs and a kernel with mseal");
        using var names = NewCallNames.Start(events, ["mseal"]);
        Assert.NotNull(names);
        var tid = 0;
        var thread = new Thread(() =>
        {
            tid = Sys.Tid();
            Sys.Call(Seal, 1, 1, 1);
        });
        thread.Start();
        thread.Join();

        Assert.Equal("mseal", names.LastOf((uint)tid));
        Assert.Null(names.LastOf(1));
    }

    [Fact]
    public void Every_call_seen_is_accounted_for()
    {
        Need();
        using var session = CaptureSession.Open(new CaptureOptions { IncludeOwnProcess = true, RingBytes = 64 * 1024 * 1024 });
        Collect(session, "/counted", () => { });
        session.Stop();
        while (session.Poll(TimeSpan.FromMilliseconds(50), _ => { }) > 0)
        {
            // Until nothing is left.
        }

        var counters = session.Counters;
        Assert.Equal(counters.Submitted, counters.Events + counters.StateOnly + counters.DecodeErrors);
        Assert.Equal(counters.Seen, counters.Submitted + counters.Filtered + counters.Dropped);
        Assert.Equal(0, counters.DecodeErrors);
        Assert.True(counters.Events > 0);
    }

    [Fact]
    public void Its_own_process_is_not_captured_unless_asked_for()
    {
        Need();
        using var session = CaptureSession.Open(new CaptureOptions { ExcludedSyscalls = ["futex"] });
        var self = 0;
        using var child = Process.Start("/bin/true");
        Assert.True(child.WaitForExit(Deadline));
        Wait(session, seen => seen.Type == "procexit" && seen.Process.Pid == child.Id, seen => self += seen.Process.Pid == Environment.ProcessId ? 1 : 0);

        Assert.Equal(0, self);
    }

    private void Need() => Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");

    // The types of all events between two calls of this thread.
    private static HashSet<string> Collect(CaptureSession session, string marker, Action action, bool ownOnly = false)
    {
        Sys.Call(Access, marker + "-begin", 0);
        action();
        Sys.Call(Access, marker + "-end", 0);
        var types = new HashSet<string>();
        var inside = false;
        var tid = Sys.Tid();
        Wait(session, seen => IsMarker(seen, marker + "-end"), seen =>
        {
            inside |= IsMarker(seen, marker + "-begin");
            if (inside && (!ownOnly || seen.Tid == tid))
            {
                types.Add(seen.Type);
            }
        });
        return types;
    }

    private static bool IsMarker(SeenEvent seen, string path) => seen.Type == "access" && seen["filename"] == path;

    private static void Wait(CaptureSession session, Predicate<SeenEvent> last, Action<SeenEvent> handle)
    {
        var started = Stopwatch.GetTimestamp();
        var done = false;
        while (!done)
        {
            session.Poll(TimeSpan.FromMilliseconds(5), syscall =>
            {
                var seen = new SeenEvent(syscall);
                if (!done)
                {
                    handle(seen);
                    done = last(seen);
                }
            });
            Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, $"not seen in {Deadline.TotalSeconds} s; {session.Counters}");
        }
    }
}
