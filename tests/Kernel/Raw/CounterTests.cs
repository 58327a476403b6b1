using System.Globalization;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary>seen = submitted + filtered + dropped, and what the filters let through.</summary>
[Collection(KernelCollection.Name)]
public sealed class CounterTests
{
    [Fact]
    public void Everything_seen_is_submitted_filtered_or_dropped_and_what_was_submitted_is_in_the_ring()
    {
        using var capture = RawCapture.Start();
        for (var i = 0; i < 1000; i++)
        {
            Native.Call(Native.Close, -1);
        }

        var read = Stop(capture);

        var counts = capture.Counters();
        Assert.Equal(counts.Seen, counts.Accounted);
        Assert.True(counts.Submitted >= 1000);
        Assert.Equal((ulong)read, counts.Submitted);
        Assert.Equal((0ul, 0ul, 0ul), (counts.DroppedFull, counts.DroppedSize, counts.DroppedScratch));
    }

    [Fact]
    public async Task Under_load_on_every_cpu_each_record_is_whole_and_each_threads_are_in_order()
    {
        const int Shells = 4;
        const int Programs = 40;
        using var capture = RawCapture.Start(ringBytes: 64 << 20);
        var loop = $"for i in $(seq {Programs}); do /bin/true $i; cat /etc/passwd > /dev/null; done";

        var runs = Enumerable.Range(0, Shells).Select(_ => Task.Run(() => Native.Run("/bin/sh", "-c", loop).Id)).ToArray();
        var shells = await Task.WhenAll(runs);
        var waiting = shells.ToHashSet();
        var records = capture.All(record => record.Kind == RawRecord.Exit && waiting.Remove(record.Tgid) && waiting.Count == 0);

        foreach (var thread in records.GroupBy(record => record.Tid))
        {
            Assert.Equal(thread.Select(record => record.KtimeNs).Order(), thread.Select(record => record.KtimeNs));
        }

        var programs = records.Where(record => record.Kind == RawRecord.Exec && shells.Contains(record.ParentTgid)).ToArray();
        Assert.True(programs.Length >= Shells * Programs * 2, $"{programs.Length}");
        Assert.All(programs, program => Assert.StartsWith("/", program.Text(Block.ExePath), StringComparison.Ordinal));
        Stop(capture);
        var counts = capture.Counters();
        Assert.Equal(counts.Seen, counts.Accounted);
        Assert.Equal((0ul, 0ul, 0ul), (counts.DroppedFull, counts.DroppedSize, counts.DroppedScratch));
    }

    [Fact]
    public void A_full_ring_drops_and_counts()
    {
        using var capture = RawCapture.Start(ringBytes: 4096);
        for (var i = 0; i < 1000; i++)
        {
            Native.Call(Native.Close, -1);
        }

        var read = Stop(capture);

        var counts = capture.Counters();
        Assert.Equal(counts.Seen, counts.Accounted);
        Assert.True(counts.DroppedFull >= 900, $"{counts}");
        Assert.InRange(read, 1, 4096 / (RawRecord.HeaderBytes + 8));
        Assert.Equal((ulong)read, counts.Submitted);
    }

    [Fact]
    public void Nothing_is_submitted_until_capturing_is_on()
    {
        using var capture = RawCapture.Start(prepare: bpf => RawCapture.Set(bpf, capturing: false));
        Native.Call(Native.Close, -1);
        var before = capture.Counters();
        RawCapture.Set(capture.Bpf, capturing: true);
        Native.Call(Native.Close, -1, 77);

        Assert.Equal((0ul, true), (before.Submitted, before.Filtered > 0));
        Assert.Equal(77, capture.Next(Closes(Native.Tid)).Args[1]);
    }

    [Fact]
    public void A_system_call_is_turned_off_and_on_while_running()
    {
        using var capture = RawCapture.Start();
        var off = (ulong)1 << 48; // syscall_desc.flags = SYSCALL_OFF
        capture.Bpf.Map("syscalls").Update((uint)Native.GetPpid, off);

        Native.Call(Native.GetPpid, 1);
        capture.Bpf.Map("syscalls").Update((uint)Native.GetPpid, 0ul);
        Native.Call(Native.GetPpid, 2);

        var tid = Native.Tid;
        Assert.Equal(2, capture.Next(record => record.Tid == tid && record.Number == Native.GetPpid).Args[0]);
        Assert.True(capture.Counters().Filtered >= 1);
    }

    [Fact]
    public void An_ignored_process_is_filtered_until_it_is_taken_out_again()
    {
        using var capture = RawCapture.Start(prepare: bpf => bpf.Map("ignored_tgids").Update((uint)Environment.ProcessId, (byte)1));

        Native.Call(Native.Close, -1, 1);
        Assert.True(capture.Bpf.Map("ignored_tgids").Delete((uint)Environment.ProcessId));
        Assert.False(capture.Bpf.Map("ignored_tgids").Delete((uint)Environment.ProcessId));
        Native.Call(Native.Close, -1, 2);

        Assert.Equal(2, capture.Next(Closes(Native.Tid)).Args[1]);
    }

    [Fact]
    public void An_ignored_cgroup_is_filtered()
    {
        RawCapture.SkipWhereNotAllowed();
        var root = File.Exists("/sys/fs/cgroup/cgroup.procs") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";
        Assert.SkipUnless(File.Exists($"{root}/cgroup.procs"), "No cgroup v2 hierarchy is mounted below /sys/fs/cgroup.");
        var folder = $"{root}/syscribe-ignored";
        Directory.CreateDirectory(folder);
        try
        {
            var id = ulong.Parse(Native.Stat("%i", folder), CultureInfo.InvariantCulture);
            using var capture = RawCapture.Start(prepare: bpf => bpf.Map("ignored_cgroups").Update(id, (byte)1));

            var (ignored, _, _) = Native.Run("/bin/sh", "-c", $"echo $$ > {folder}/cgroup.procs; cd /usr; cd /tmp");
            var (watched, _, _) = Native.Run("/bin/sh", "-c", "cd /tmp");

            var records = capture.All(record => record.Tgid == watched && record.Number == Native.Chdir);
            Assert.DoesNotContain(records, record => record.Tgid == ignored && record.Number == Native.Chdir);
            Assert.Contains(records, record => record.Tgid == ignored && record.Kind == RawRecord.Exec);
        }
        finally
        {
            Native.Run("/usr/bin/rmdir", folder);
        }
    }

    private static Func<RawRecord, bool> Closes(int tid) =>
        record => record.Tid == tid && record.Number == Native.Close && record.Args[0] == -1;

    // Detached, nothing changes any more; then what is in the ring is counted.
    private static int Stop(RawCapture capture)
    {
        capture.Detach();
        return capture.Drain();
    }
}
