using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Agent.Tests;

public sealed class ReplayTests
{
    [Fact]
    public async Task A_recording_arrives_whole_and_in_order_of_each_process()
    {
        const int count = 3000;
        var recording = Testing.Recording(Enumerable.Range(1, count).Select(seq => Testing.Event(seq, 100 + (seq % 7))));
        using var broker = EmbeddedBroker.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with { Replay = new ReplayOptions(recording) };
        broker.CreateTopic(options.Topic, 4);

        var counters = await Play(options);

        Assert.Equal((count, count, 0L, 0L), ((int)counters.Captured, (int)counters.Published, counters.InFlight, counters.DroppedTotal));
        var records = Testing.Consume(broker.BootstrapServers, options.Topic, count);
        var decoder = new SyscallEventDecoder();
        var seen = new Dictionary<string, long>();
        foreach (var (key, value) in records)
        {
            Assert.Equal([0, 0, 0, 0, 7], value[..5]);
            var e = new SyscallEvent();
            decoder.Decode(value, 5, value.Length - 5, e);
            Assert.Equal($"node-r/{e.Process?.Pid}", key);
            Assert.Equal(1_790_000_000_000_000_000 + (e.Seq * 1_000_000L), e.TimeNs);
            Assert.True(e.Seq > seen.GetValueOrDefault(key), $"{key}: {e.Seq} after {seen.GetValueOrDefault(key)}");
            seen[key] = e.Seq;
        }

        Assert.Equal(7, seen.Count);
        File.Delete(recording);
    }

    [Fact]
    public async Task A_speed_stretches_the_recorded_time()
    {
        // 20 events, 1 ms apart, at a twentieth of the speed: 380 ms.
        var recording = Testing.Recording(Enumerable.Range(1, 20).Select(seq => Testing.Event(seq, 1)));
        using var broker = EmbeddedBroker.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with { Replay = new ReplayOptions(recording) { Speed = 0.05 } };

        var start = TimeProvider.System.GetTimestamp();
        var counters = await Play(options);

        Assert.Equal(20, counters.Published);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, 380, 30_000);
        File.Delete(recording);
    }

    [Fact]
    public async Task A_loop_goes_on_until_it_is_stopped()
    {
        var recording = Testing.Recording([Testing.Event(1, 1), Testing.Event(2, 1)]);
        using var broker = EmbeddedBroker.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines())
            with
        { Replay = new ReplayOptions(recording) { Loop = true, Speed = 0.1 } };

        await using var host = new AgentHost(options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await Testing.Until(() => host.Counters.Published >= 6, "three rounds of two events");
        await host.StopAsync();

        Assert.True(host.Counters.IsBalanced);
        Assert.Equal(0, host.Counters.InFlight);
        File.Delete(recording);
    }

    [Fact]
    public async Task A_file_that_is_no_recording_is_named()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "no Avro");
        using var broker = EmbeddedBroker.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with { Replay = new ReplayOptions(file) };

        await using var host = new AgentHost(options);
        var error = await Assert.ThrowsAsync<AgentException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal($"Open recording failed: {file}: corrupt at byte 0: starts with 6E6F2041; an Avro file starts with 4F626A01", error.Message);
        File.Delete(file);
    }

    internal static async Task<AgentCounters> Play(AgentOptions options)
    {
        await using var host = new AgentHost(options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.Completion.WaitAsync(Testing.Deadline);
        return host.Counters;
    }
}
