using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Agent.Tests;

/// <summary>What the tests of this project share.</summary>
internal static class Testing
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>A schema id given by hand, so that a test needs no registry.</summary>
    public static ClientSettings NoRegistry() => new ClientSettings().Set("avro.serializer.use.schema.id", "7");

    public static AgentOptions Options(string bootstrap, Lines lines, string? topic = null) => new()
    {
        Bootstrap = bootstrap,
        SchemaRegistry = "http://127.0.0.1:9",
        Client = NoRegistry(),
        Topic = topic ?? FreshTopic(),
        Say = lines.Add,
    };

    public static string FreshTopic() => $"agent-{Guid.NewGuid():N}";

    public static async Task Until(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {Deadline.TotalSeconds} s: {what}");
            }
        }
    }

    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Any, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    /// <summary>All records of a topic, as many as expected, per partition in order.</summary>
    public static List<(string Key, byte[] Value)> Consume(string bootstrap, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(ClientSettings.For(bootstrap).ForConsumer($"g-{Guid.NewGuid():N}")).Build();
        consumer.Subscribe(topic);
        var records = new List<(string, byte[])>();
        using var deadline = new CancellationTokenSource(Deadline);
        while (records.Count < count)
        {
            var record = consumer.Consume(deadline.Token);
            records.Add((record.Message.Key, record.Message.Value));
        }

        consumer.Close();
        return records;
    }

    public static SyscallEvent Event(int seq, int pid, int textBytes = 20)
    {
        var value = new SyscallEvent
        {
            Type = Utf8.From("openat"),
            Seq = seq,
            TimeNs = 1_790_000_000_000_000_000 + (seq * 1_000_000L),
            KtimeNs = seq,
            Node = Utf8.From("node-r"),
            Run = 42,
            Number = 257,
            ThreadId = pid,
            Return = 3,
            Process = new ProcessInfo { Pid = pid, Name = Utf8.From("cat") },
        };
        value.Params.Add(new Param(Utf8.From("name"), null, Utf8.From(new string('x', textBytes)), default));
        return value;
    }

    public static string Recording(IEnumerable<SyscallEvent> events)
    {
        var file = Path.Combine(Path.GetTempPath(), $"syscribe-{Guid.NewGuid():N}.avro");
        using var writer = new SyscallEventFileWriter(file);
        foreach (var value in events)
        {
            writer.Append(value);
        }

        return file;
    }

    /// <summary>What an agent has said.</summary>
    internal sealed class Lines
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public void Add(string line) => _lines.Enqueue(line);

        public bool Have(string part) => _lines.Any(line => line.Contains(part, StringComparison.Ordinal));

        public int Count(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));

        public override string ToString() => string.Join('\n', _lines);
    }
}
