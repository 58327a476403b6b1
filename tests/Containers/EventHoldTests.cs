using Syscribe.Events;
using Syscribe.Testing;

namespace Syscribe.Containers.Tests;

public sealed class EventHoldTests
{
    private static readonly string A = string.Concat(Enumerable.Repeat("aaaabbbbccccdddd", 4));
    private static readonly string B = string.Concat(Enumerable.Repeat("1111222233334444", 4));
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly List<string> _out = [];

    [Fact]
    public async Task Events_of_a_container_wait_in_order_until_it_is_told_and_others_pass()
    {
        await using var docker = new FakeDocker { Answers = new TaskCompletionSource() };
        await using var metadata = await Start(docker);
        docker.Add(A, "web");
        var hold = new EventHold(metadata, new ContainerOptions(), _time);

        Take(hold, 1, 10, A);
        Take(hold, 2, 11, A);
        Take(hold, 3, 12, "host");
        Take(hold, 4, 10, A);
        hold.Release(Out);
        Assert.Equal(["3:host:null"], _out);
        Assert.Equal(3, hold.Count);

        docker.Answers.SetResult();
        await Wait.UntilAsync(() => metadata.Counters.Known == 1, Within, "it is told");
        Take(hold, 5, 10, A);
        hold.Release(Out);

        Assert.Equal(["3:host:null", "1:aaaabbbbcccc:web", "2:aaaabbbbcccc:web", "4:aaaabbbbcccc:web", "5:aaaabbbbcccc:web"], _out);
        Assert.Equal(0, hold.Count);
        Assert.Equal((3, 0, 0), (hold.Counters.Waited, hold.Counters.TimedOut, hold.Counters.Overflowed));
    }

    [Fact]
    public async Task A_wait_is_bounded_and_happens_once()
    {
        await using var docker = new FakeDocker { Answers = new TaskCompletionSource() };
        await using var metadata = await Start(docker);
        docker.Add(A, "web");
        var options = new ContainerOptions();
        var hold = new EventHold(metadata, options, _time);
        Take(hold, 1, 10, A);
        _time.Advance(options.Wait - TimeSpan.FromTicks(1));
        hold.Release(Out);
        Assert.Empty(_out);

        _time.Advance(TimeSpan.FromTicks(1));
        hold.Release(Out);
        Take(hold, 2, 10, A);
        Assert.Equal(["1:aaaabbbbcccc:null", "2:aaaabbbbcccc:null"], _out);
        Assert.Equal((1, 1), (hold.Counters.Waited, hold.Counters.TimedOut));

        docker.Answers.SetResult();
        await Wait.UntilAsync(() => metadata.Counters.Known == 1, Within, "it is told");
        Take(hold, 3, 10, A);
        Assert.Equal("3:aaaabbbbcccc:web", _out[^1]);
    }

    [Fact]
    public async Task Too_many_waiting_events_go_without_and_are_counted()
    {
        await using var docker = new FakeDocker { Answers = new TaskCompletionSource() };
        await using var metadata = await Start(docker);
        var hold = new EventHold(metadata, new ContainerOptions { MaxWaiting = 3 }, _time);
        Take(hold, 1, 20, B);
        for (var seq = 2; seq <= 10; seq++)
        {
            Take(hold, seq, 10, A);
            Assert.True(hold.Count <= 3);
        }

        Assert.Equal(Enumerable.Range(2, 9).Select(seq => $"{seq}:aaaabbbbcccc:null"), _out);
        Assert.Equal(3, hold.Counters.Overflowed);
        Assert.Equal(1, hold.Count);
    }

    [Fact]
    public async Task A_process_that_leaves_its_container_does_not_overtake_itself()
    {
        await using var docker = new FakeDocker { Answers = new TaskCompletionSource() };
        await using var metadata = await Start(docker);
        var hold = new EventHold(metadata, new ContainerOptions(), _time);
        Take(hold, 1, 10, A);
        Take(hold, 2, 10, "host");
        Assert.Empty(_out);

        hold.ReleaseAll(Out);
        Assert.Equal(["1:aaaabbbbcccc:null", "2:host:null"], _out);
    }

    [Fact]
    public async Task A_waiting_event_is_a_copy_of_its_own()
    {
        await using var docker = new FakeDocker { Answers = new TaskCompletionSource() };
        await using var metadata = await Start(docker);
        var hold = new EventHold(metadata, new ContainerOptions(), _time);
        var texts = "openat/etc/passwd"u8.ToArray();
        var reused = Event(1, 10, A);
        reused.Type = new Utf8(texts, 0, 6);
        reused.HasFd = true;
        reused.Fd.Name = new Utf8(texts, 6, 11);
        var expected = SyscallEventEncoder.ToArray(reused);

        hold.Take(reused, Out);
        texts.AsSpan().Fill((byte)'x');
        reused.Clear();

        SyscallEvent? released = null;
        hold.ReleaseAll(e => released = e);
        Assert.Equal(expected, SyscallEventEncoder.ToArray(released!));
    }

    [Fact]
    public async Task Without_a_runtime_no_event_waits()
    {
        var said = new List<string>();
        await using var metadata = ContainerMetadata.Start(new ContainerOptions { DockerSockets = ["/nonexistent"] }, said.Add);
        await Wait.UntilAsync(() => metadata.Look(ContainerCache.Key(A), out _) == Knowledge.None, Within, "the socket has been tried");
        var hold = new EventHold(metadata, new ContainerOptions(), _time);
        Take(hold, 1, 10, A);
        Assert.Equal(["1:aaaabbbbcccc:null"], _out);
    }

    private static async Task<ContainerMetadata> Start(FakeDocker docker)
    {
        var metadata = ContainerMetadata.Start(new ContainerOptions { DockerSockets = [docker.Path] }, static _ => { });
        await Wait.UntilAsync(() => docker.Watchers == 1, Within, "it watches");
        return metadata;
    }

    private static SyscallEvent Event(long seq, long pid, string container) => new()
    {
        Type = Utf8.From("openat"),
        Node = Utf8.From("n"),
        Seq = seq,
        Process = new ProcessInfo { Pid = pid, ContainerId = ContainerCache.Key(container) },
    };

    private void Take(EventHold hold, long seq, long pid, string container) => hold.Take(Event(seq, pid, container), Out);

    private void Out(SyscallEvent e) =>
        _out.Add($"{e.Seq}:{e.Process!.ContainerId}:{(e.Process.Container is { } container ? container.Name.ToString() : "null")}");
}
