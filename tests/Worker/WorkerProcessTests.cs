using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Confluent.Kafka;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Testing;

namespace Syscribe.Worker.Tests;

/// <summary>The program as a process of its own, on the embedded broker.</summary>
public sealed class WorkerProcessTests : IDisposable
{
    private const int Partitions = 4;
    private const string Rules = "- rule: {0}\n  desc: test\n  condition: evt.type = unlink\n  output: \"%proc.name\"\n  priority: NOTICE\n";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-worker-").FullName;
    private readonly EmbeddedRegistry _registry = EmbeddedRegistry.Start();
    private readonly EmbeddedBroker _broker = EmbeddedBroker.Start(topics: new Dictionary<string, int>
    {
        [Topics.Syscalls] = Partitions, [Topics.Alerts] = 1, [Topics.DeadLetters(Topics.Syscalls)] = 1,
    });

    private string RuleFile => Path.Combine(_folder, "rules.yaml");

    private string AlertFile => Path.Combine(_folder, "alerts.json");

    public void Dispose()
    {
        _broker.Dispose();
        _registry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_killed_worker_loses_nothing_and_the_next_gives_the_same_ids()
    {
        WriteRule("One");
        var sending = Task.Run(async () =>
        {
            for (var first = 1; first <= 2000; first += 100)
            {
                await Send(first, 100);
            }
        });
        await using (var first = Start())
        {
            await Wait.UntilAsync(() => Lines().Count > 100, Deadline, "the first raises alerts");
            first.Kill();
        }

        await sending;
        await using var second = Start();
        await Wait.UntilAsync(() => Committed() == 2000, Deadline, "the second has read the rest");
        Assert.Equal(ExitCodes.Success, await second.TerminateAsync());
        Assert.Equal(2000, Alerts().Select(a => a.Id).Distinct().Count());
        Assert.Equal(2000, Committed());
    }

    [Fact]
    public async Task It_tells_its_health_and_ends_cleanly_on_SIGTERM()
    {
        WriteRule("One");
        var port = Ports.Free(1)[0];
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await using var worker = Start("--metrics-port", $"{port}");
        await Wait.UntilAsync(async () => await Status(http, "/readyz") == HttpStatusCode.OK, Deadline, "it is ready");
        Assert.Equal(HttpStatusCode.OK, await Status(http, "/healthz"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(http, "/none"));
        await Send(1, 10);
        await Wait.UntilAsync(
            async () => (await http.GetStringAsync("/metrics")).Contains("syscribe_rules_alerts_total{rule=\"One\"} 10\n"), Deadline, "the metric counts");

        Assert.Equal(ExitCodes.Success, await worker.TerminateAsync());
        Assert.Equal(10, Committed());
        Assert.All(Lines(), line => Assert.Equal("One", JsonDocument.Parse(line).RootElement.GetProperty("rule").GetString()));
        Assert.Equal(10, Lines().Count);
    }

    [Fact]
    public async Task Rules_are_loaded_again_when_their_file_changes_and_a_broken_one_changes_nothing()
    {
        WriteRule("One");
        await using var worker = Start();
        await Send(1, 1);
        await Wait.UntilAsync(() => Lines().Count == 1, Deadline, "the first rule raises");
        File.WriteAllText(RuleFile, "- rule: [broken\n");
        await Wait.UntilAsync(() => worker.Says("those loaded before stay in use"), Deadline, "it says that it keeps the old rules");
        Assert.True(worker.Says("LOAD_ERR_YAML_PARSE"));
        await Send(2, 1);
        await Wait.UntilAsync(() => Lines().Count == 2, Deadline, "the old rule still raises");
        Assert.Equal("One", Alerts()[1].Rule);

        WriteRule("Two");
        await Wait.UntilAsync(() => worker.Count("enabled from") == 2, Deadline, "it has loaded the new rules");
        await Send(3, 1);
        await Wait.UntilAsync(() => Lines().Count == 3, Deadline, "the new rule raises");
        Assert.Equal("Two", Alerts()[2].Rule);
        Assert.Equal(ExitCodes.Success, await worker.TerminateAsync());
    }

    [Fact]
    public async Task Alerts_are_printed_as_Falco_JSON_lines_by_the_alerts_command()
    {
        WriteRule("One");
        await using var worker = Start();
        await Send(1, 3);
        await Wait.UntilAsync(() => Lines().Count == 3, Deadline, "the alerts are there");
        var (code, output, _) = await Cli.Run(
            "alerts", "--bootstrap", _broker.BootstrapServers, "--schema-registry", _registry.Url, "--from-beginning", "--count", "3");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal(Lines(), output.TrimEnd('\n').Split('\n'));
    }

    private static async Task<HttpStatusCode> Status(HttpClient http, string path)
    {
        try
        {
            using var response = await http.GetAsync(path);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.BadGateway;
        }
    }

    private void WriteRule(string name) => File.WriteAllText(RuleFile, Rules.Replace("{0}", name));

    private IReadOnlyList<string> Lines()
    {
        if (!File.Exists(AlertFile))
        {
            return [];
        }

        using var stream = new FileStream(AlertFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(stream).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private WorkerProcess Start(params string[] args) => new(
    [
        "worker", "rules", "--bootstrap", _broker.BootstrapServers, "--schema-registry", _registry.Url, "--rules", RuleFile,
        "--falco-json", AlertFile, "-X", "consumer.session.timeout.ms=2000", "-X", "consumer.heartbeat.interval.ms=200", .. args,
    ]);

    private ClientSettings Settings() => ClientSettings.For(_broker.BootstrapServers, _registry.Url);

    private async Task Send(long first, int count)
    {
        using var registry = Settings().CreateRegistryClient();
        var serializer = new SyscallEventSerializer(registry);
        using var producer = new ProducerBuilder<Null, byte[]>(Settings().ForProducer()).Build();
        var context = new SerializationContext(MessageComponentType.Value, Topics.Syscalls);
        await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
        {
            var e = new SyscallEvent
            {
                Type = Utf8.From("unlink"), Seq = first + i, TimeNs = first + i, Node = Utf8.From("node"), Run = 1,
                Process = new ProcessInfo { Pid = 5, Name = Utf8.From("rm") },
            };
            var partition = new TopicPartition(Topics.Syscalls, (int)((first + i) % Partitions));
            return producer.ProduceAsync(partition, new Message<Null, byte[]> { Value = serializer.Serialize(e, context) });
        }));
    }

    private List<AlertRecord> Alerts()
    {
        using var registry = Settings().CreateRegistryClient();
        var config = Settings().ForConsumer($"reader-{Guid.NewGuid():N}");
        config.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<Ignore, AlertRecord>(config).SetValueDeserializer(RecordSerdes.AlertDeserializer(registry)).Build();
        consumer.Assign(new TopicPartitionOffset(Topics.Alerts, 0, Offset.Beginning));
        var alerts = new List<AlertRecord>();
        while (consumer.Consume(Deadline) is { IsPartitionEOF: false } record)
        {
            alerts.Add(record.Message.Value);
        }

        return alerts;
    }

    private long Committed()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(Settings().ForConsumer("rules")).Build();
        var partitions = Enumerable.Range(0, Partitions).Select(p => new TopicPartition(Topics.Syscalls, p));
        return consumer.Committed(partitions, Deadline).Sum(o => o.Offset.IsSpecial ? 0 : o.Offset.Value);
    }

    private sealed class WorkerProcess : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly ConcurrentQueue<string> _log = new();

        public WorkerProcess(string[] args)
        {
            var assembly = Path.Combine(AppContext.BaseDirectory, "Syscribe.Worker.dll");
            _process = new Process
            {
                StartInfo = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath! : "dotnet", [assembly, .. args]) { RedirectStandardError = true },
            };
            _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
            _process.Start();
            _process.BeginErrorReadLine();
        }

        public bool Says(string text) => Count(text) > 0;

        public int Count(string text) => _log.Count(l => l.Contains(text, StringComparison.Ordinal));

        /// <summary>SIGKILL.</summary>
        public void Kill() => _process.Kill();

        /// <summary>SIGTERM, and the exit code.</summary>
        public async Task<int> TerminateAsync()
        {
            using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            {
                await kill.WaitForExitAsync();
            }

            using var deadline = new CancellationTokenSource(Deadline);
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            await _process.WaitForExitAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', _log));
            _process.Dispose();
        }
    }
}
