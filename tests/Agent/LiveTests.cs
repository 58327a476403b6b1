using System.Diagnostics;
using Syscribe.Agent.Privileges;
using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Agent.Tests;

/// <summary>On the live system calls of this machine: needs root and BTF.</summary>
public sealed class LiveTests
{
    // The only call captured, so that the machine's other work stays out: of all programs that run, only the tests' use it.
    private static readonly string[] OnlyOne = ["mkdirat", "mkdir"];

    [Fact]
    public async Task Live_events_arrive_and_captured_is_published_plus_dropped()
    {
        RequireCapture();
        using var broker = EmbeddedBroker.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with { Node = "live", OnlySyscalls = OnlyOne };
        await using var host = new AgentHost(options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var directory = MakeDirectory();
        await Testing.Until(() => Found(broker, options.Topic, directory), $"the mkdir of {directory} is published");

        await host.StopAsync();

        var counters = host.Counters;
        Assert.True(counters.Captured > 0);
        Assert.Equal(0, counters.InFlight);
        Assert.True(counters.IsBalanced, counters.ToString());
    }

    [Fact]
    public async Task Under_a_storm_that_goes_on_a_stop_ends_and_every_event_is_accounted_for()
    {
        RequireCapture();
        using var broker = EmbeddedBroker.Start();
        // A ring of 1 MiB and a queue of 1,000 records: too small on purpose, so that the kernel drops.
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with { OnlySyscalls = ["read", "write"], RingMegabytes = 1 };
        options.Client.Set("queue.buffering.max.messages", "1000");
        using var storm = Process.Start(new ProcessStartInfo("dd", ["if=/dev/zero", "of=/dev/null", "bs=1"]) { RedirectStandardError = true })!;
        try
        {
            await using var host = new AgentHost(options);
            await host.StartAsync(TestContext.Current.CancellationToken);
            await Testing.Until(() => host.Counters is { Published: > 10_000 } seen && seen.Dropped[DropCause.RingFull] > 0, "the ring is full");

            await host.StopAsync();

            Assert.False(storm.HasExited);
            Assert.Equal(0, host.Counters.InFlight);
            Assert.True(host.Counters.IsBalanced, host.Counters.ToString());
        }
        finally
        {
            storm.Kill();
        }
    }

    [Fact]
    public async Task The_host_process_and_excluded_processes_are_not_captured()
    {
        RequireCapture();
        using var broker = EmbeddedBroker.Start();
        using var excluded = StartShell();
        using var included = StartShell();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with
        {
            OnlySyscalls = OnlyOne,
            ExcludeProcesses = [excluded.Id],
        };
        await using var host = new AgentHost(options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var own = Directory.CreateTempSubdirectory("syscribe-own-").FullName;
        excluded.Kill();
        await excluded.WaitForExitAsync(TestContext.Current.CancellationToken);
        included.Kill();
        await included.WaitForExitAsync(TestContext.Current.CancellationToken);
        var directory = MakeDirectory();
        await Testing.Until(() => Found(broker, options.Topic, directory), $"the mkdir of {directory} is published");
        await host.StopAsync();

        var events = Decode(broker, options.Topic, (int)host.Counters.Published);
        Assert.Contains(events, e => e.Type.ToString() == "procexit" && e.Process?.Pid == included.Id);
        Assert.DoesNotContain(events, e => e.Process?.Pid == excluded.Id);
        Assert.DoesNotContain(events, e => e.Process?.Pid == Environment.ProcessId);
        Directory.Delete(own);
    }

    [Fact]
    public async Task All_threads_of_a_running_agent_have_only_the_capabilities_that_capture_needs()
    {
        RequireCapture();
        using var broker = EmbeddedBroker.Start();
        using var agent = AgentProcess.Start(
            "run", "--bootstrap", broker.BootstrapServers, "--schema-registry", "http://127.0.0.1:9",
            "-X", "avro.serializer.use.schema.id=1", "--only-syscall", "mkdirat");
        await agent.Said("capturing on");

        var threads = Directory.GetDirectories($"/proc/{agent.Id}/task");
        var seen = 0;
        foreach (var thread in threads)
        {
            if (await StatusOf(thread) is not { } status)
            {
                continue;
            }

            seen++;
            foreach (var set in new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" })
            {
                Assert.True((Capabilities.Read(status, set) & ~Capabilities.KeptMask) == 0, $"{set} in {status}");
            }

            Assert.NotEqual(0UL, Capabilities.Read(status, "CapEff") & (1UL << Capabilities.Bpf));
            Assert.Equal(1UL, Capabilities.Read(status, "NoNewPrivs"));
        }

        Assert.True(seen > 5, $"{seen} of {threads.Length} threads");
        Assert.Equal(0, await agent.Terminate());
        await agent.Said("captured ");
    }

    // Null for a thread that has ended since it was listed, as those of the pool do: its folder is gone, or what is in it.
    private static async Task<string?> StatusOf(string thread)
    {
        try
        {
            return await File.ReadAllTextAsync(Path.Combine(thread, "status"), TestContext.Current.CancellationToken);
        }
        catch (IOException) when (!Directory.Exists(thread))
        {
            return null;
        }
    }

    [Fact]
    public async Task Record_writes_a_file_that_stock_Avro_opens_and_replay_publishes()
    {
        RequireCapture();
        var file = Path.Combine(Path.GetTempPath(), $"syscribe-{Guid.NewGuid():N}.avro");
        using (var agent = AgentProcess.Start("record", file, "--only-syscall", "mkdirat", "mkdir", "--for", "20s", "--count", "1"))
        {
            await agent.Said("capturing on");
            MakeDirectory();
            Assert.Equal(0, await agent.Exit());
            await agent.Said("recorded 1 events");
        }

        using (var reader = Avro.File.DataFileReader<Avro.Generic.GenericRecord>.OpenReader(file))
        {
            var record = reader.Next();
            Assert.Equal("syscribe.v1.SyscallEvent", record.Schema.Fullname);
            Assert.NotEqual("", record["type"]);
            Assert.False(reader.HasNext());
        }

        using var broker = EmbeddedBroker.Start();
        var options = Testing.Options(broker.BootstrapServers, new Testing.Lines()) with { Replay = new ReplayOptions(file) };
        Assert.Equal(1, (await ReplayTests.Play(options)).Published);
        File.Delete(file);
    }

    private static void RequireCapture() => Assert.SkipUnless(
        Environment.IsPrivilegedProcess && File.Exists("/sys/kernel/btf/vmlinux"),
        "capture needs root and a kernel with BTF: sudo dotnet run --project tests/Agent");

    private static Process StartShell() => Process.Start(new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true })!;

    private static string MakeDirectory()
    {
        var directory = $"/tmp/syscribe-live-{Guid.NewGuid():N}";
        using var mkdir = Process.Start("/bin/mkdir", directory);
        mkdir.WaitForExit();
        Directory.Delete(directory);
        return directory;
    }

    private static bool Found(EmbeddedBroker broker, string topic, string path)
    {
        using var consumer = new Confluent.Kafka.ConsumerBuilder<string, byte[]>(
            ClientSettings.For(broker.BootstrapServers).ForConsumer($"g-{Guid.NewGuid():N}")).Build();
        consumer.Subscribe(topic);
        var until = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromSeconds(3))
        {
            var record = consumer.Consume(TimeSpan.FromMilliseconds(500));
            if (record is not null && record.Message.Value.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(path)) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static List<SyscallEvent> Decode(EmbeddedBroker broker, string topic, int count)
    {
        var decoder = new SyscallEventDecoder();
        return [.. Testing.Consume(broker.BootstrapServers, topic, count).Select(record =>
        {
            var e = new SyscallEvent();
            decoder.Decode(record.Value, 5, record.Value.Length - 5, e);
            return e;
        })];
    }
}
