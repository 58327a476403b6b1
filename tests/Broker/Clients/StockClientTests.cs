using System.Globalization;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Testing;

namespace Syscribe.Broker.Tests;

/// <summary>Clients that others wrote, in processes of their own, on the embedded broker and registry.</summary>
public sealed class StockClientTests : IDisposable
{
    private const int Count = 200;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly EmbeddedBroker _broker = EmbeddedBroker.Start(1, new Dictionary<string, int> { [Topics.Syscalls] = 4 });
    private readonly EmbeddedRegistry _registry = EmbeddedRegistry.Start();

    public void Dispose()
    {
        _broker.Dispose();
        _registry.Dispose();
    }

    [Fact]
    public async Task Kcat_consumes_a_topic_to_its_end()
    {
        if (Prerequisites.Program("kcat", "kcat") is { } missing)
            Assert.Skip(missing);

        Produce();
        var output = await ProgramRun.OutputAsync("kcat", ["-C", "-b", _broker.BootstrapServers, "-t", Topics.Syscalls, "-o", "beginning", "-e", "-q", "-f", "%k %S\\n"], Deadline);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Count, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^node-1/\d+ \d{3}$", line));
    }

    [Fact]
    public async Task Python_decodes_every_field_by_the_schema_that_the_registry_gives()
    {
        if (Prerequisites.PythonKafka is { } missing)
            Assert.Skip(missing);

        Produce();
        var output = await ProgramRun.OutputAsync(
            Prerequisites.Python,
            [Script("consume.py"), _broker.BootstrapServers, _registry.Url, Topics.Syscalls, Count.ToString(CultureInfo.InvariantCulture)],
            Deadline);
        var records = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), records.Select(r => r["seq"]!.GetValue<long>()).Order());
        var first = records.Single(r => r["seq"]!.GetValue<long>() == 0);
        Assert.Equal("/etc/shadow", first["fd"]!["name"]!.GetValue<string>());
        Assert.Equal("O_RDONLY|O_CLOEXEC", first["params"]![3]!["resolved"]!.GetValue<string>());
        Assert.Equal("NATIVE", first["abi"]!.GetValue<string>());
        Assert.Equal("/usr/lib/systemd/systemd", first["process"]!["ancestors"]![2]!["exePath"]!.GetValue<string>());
        Assert.Equal(0x1ff_ffff_ffff, first["process"]!["capEffective"]!.GetValue<long>());
        // What a process named with bytes that are no UTF-8 does not stop a strict reader.
        Assert.Equal("caf\ufffd", first["process"]!["name"]!.GetValue<string>());
    }

    internal static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Python", name);

    private void Produce()
    {
        using var client = _broker.Settings(_registry.Url).CreateRegistryClient();
        var serializer = new SyscallEventSerializer(client);
        using var producer = new ProducerBuilder<string, SyscallEvent>(_broker.Settings().ForProducer()).SetValueSerializer(serializer).Build();
        for (var i = 0; i < Count; i++)
        {
            var process = Samples.Process(100 + i % 7) with { Name = Utf8.Copy([.. "caf"u8, 0xe9]) };
            producer.Produce(Topics.Syscalls, new Message<string, SyscallEvent> { Key = $"node-1/{process.Pid}", Value = Samples.Open(i, process) });
        }

        Assert.Equal(0, producer.Flush(Deadline));
    }
}
