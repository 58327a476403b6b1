using System.Globalization;
using System.Security.Cryptography;
using Confluent.Kafka;

namespace Syscribe.Testing;

/// <summary>
/// A real Apache Kafka for one test class: each node broker and controller, on free ports of 127.0.0.1, with its data in a
/// temporary folder that goes with it. Takes about 5 s and 300 MB a node.
/// </summary>
public sealed class RealKafka : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);

    private readonly string _home;
    private readonly DirectoryInfo _folder;
    private readonly int[] _ports;
    private readonly ServerProcess?[] _nodes;

    private RealKafka(string home, int brokers)
    {
        _home = home;
        _folder = Directory.CreateTempSubdirectory("syscribe-kafka-");
        _ports = Ports.Free(2 * brokers);
        _nodes = new ServerProcess?[brokers];
        BootstrapServers = string.Join(',', _ports[..brokers].Select(port => $"127.0.0.1:{port}"));
    }

    /// <summary>Addresses for <c>bootstrap.servers</c>.</summary>
    public string BootstrapServers { get; }

    /// <summary>Number of brokers; their ids are 1 and up.</summary>
    public int Brokers => _nodes.Length;

    /// <summary>Process ids of the brokers that run.</summary>
    public IEnumerable<int> ProcessIds => _nodes.OfType<ServerProcess>().Select(node => node.Id);

    /// <summary>Formats, starts and waits until every broker is in the cluster. Ask <see cref="Prerequisites.Kafka"/> first.</summary>
    public static async Task<RealKafka> StartAsync(int brokers = 1)
    {
        var home = Prerequisites.KafkaHome() ?? throw new InvalidOperationException(Prerequisites.Kafka);
        var kafka = new RealKafka(home, brokers);
        try
        {
            var cluster = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).Replace('+', 'a').Replace('/', 'b').TrimEnd('=');
            await Task.WhenAll(Enumerable.Range(1, brokers).Select(id => kafka.FormatAsync(id, cluster)));
            for (var id = 1; id <= brokers; id++)
                kafka.StartNode(id);

            await kafka.UntilAllAnswerAsync();
            return kafka;
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a broker as a crash does.</summary>
    /// <param name="broker">Broker id, from 1.</param>
    public async Task KillAsync(int broker)
    {
        if (_nodes[broker - 1] is not { } node)
            throw new InvalidOperationException($"broker {broker} is not running");

        _nodes[broker - 1] = null;
        await node.KillAsync();
        await node.DisposeAsync();
    }

    /// <summary>Ends a broker in order.</summary>
    /// <param name="broker">Broker id, from 1.</param>
    public async Task StopAsync(int broker)
    {
        if (_nodes[broker - 1] is not { } node)
            throw new InvalidOperationException($"broker {broker} is not running");

        _nodes[broker - 1] = null;
        await node.DisposeAsync();
    }

    /// <summary>Starts a broker again that was ended, and waits until all are in the cluster.</summary>
    /// <param name="broker">Broker id, from 1.</param>
    public async Task RestartAsync(int broker)
    {
        StartNode(broker);
        await UntilAllAnswerAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            if (node is not null)
                await node.KillAsync();
        }

        foreach (var node in _nodes)
        {
            if (node is not null)
                await node.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private string Script(string name) => Path.Combine(_home, "bin", name);

    private string Properties(int id) => Path.Combine(_folder.FullName, $"{id}.properties");

    private Dictionary<string, string> Environment(int id) => new()
    {
        ["KAFKA_HEAP_OPTS"] = "-Xms128m -Xmx384m",
        ["LOG_DIR"] = Path.Combine(_folder.FullName, $"log{id}"),
    };

    private async Task FormatAsync(int id, string cluster)
    {
        await File.WriteAllLinesAsync(Properties(id), Lines(id));
        await using var format = ServerProcess.Start(
            Script("kafka-storage.sh"), ["format", "-t", cluster, "-c", Properties(id)], Environment(id));
        await format.EndAsync($"format of Kafka's node {id}", ReadyWithin);
    }

    private IEnumerable<string> Lines(int id)
    {
        var brokerPort = _ports[id - 1];
        var controllerPort = _ports[Brokers + id - 1];
        var voters = Enumerable.Range(1, Brokers).Select(n => $"{n}@127.0.0.1:{_ports[Brokers + n - 1]}");
        var replication = Math.Min(3, Brokers).ToString(CultureInfo.InvariantCulture);
        var inSync = Brokers >= 3 ? "2" : "1";
        return
        [
            "process.roles=broker,controller",
            $"node.id={id}",
            $"controller.quorum.voters={string.Join(',', voters)}",
            $"listeners=PLAINTEXT://127.0.0.1:{brokerPort},CONTROLLER://127.0.0.1:{controllerPort}",
            $"advertised.listeners=PLAINTEXT://127.0.0.1:{brokerPort}",
            "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=PLAINTEXT",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            $"log.dirs={Path.Combine(_folder.FullName, $"data{id}")}",
            "num.partitions=4",
            $"default.replication.factor={replication}",
            $"min.insync.replicas={inSync}",
            "offsets.topic.num.partitions=5",
            $"offsets.topic.replication.factor={replication}",
            $"transaction.state.log.replication.factor={replication}",
            $"transaction.state.log.min.isr={inSync}",
            $"share.coordinator.state.topic.replication.factor={replication}",
            $"share.coordinator.state.topic.min.isr={inSync}",
            "group.initial.rebalance.delay.ms=0",
        ];
    }

    private void StartNode(int id) =>
        _nodes[id - 1] = ServerProcess.Start(Script("kafka-server-start.sh"), [Properties(id)], Environment(id));

    private async Task UntilAllAnswerAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers, LogConnectionClose = false })
            .SetLogHandler((_, _) => { })
            .Build();
        foreach (var node in _nodes)
        {
            if (node is not null)
                await node.UntilAsync(() => Task.Run(() => Members(admin) == _nodes.Count(n => n is not null)), ReadyWithin, $"Kafka of {Brokers} answers");
        }
    }

    private static int Members(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count;
        }
        catch (KafkaException)
        {
            return 0;
        }
    }
}
