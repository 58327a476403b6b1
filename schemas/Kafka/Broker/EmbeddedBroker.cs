using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Syscribe.Kafka;

/// <summary>
/// A Kafka cluster in this process: librdkafka's mock cluster, which speaks the real protocol on loopback, to other
/// processes too, with consumer groups and idempotent producers. For local use and tests.
/// </summary>
/// <remarks>
/// <para>What it is not: nothing is on disk, and nothing outlives <see cref="Dispose"/>. Each partition keeps its last
/// 5 MiB or 100,000 record batches, whichever is less: a consumer that falls further behind loses records, and sees its
/// offset reset. So give a busy topic many partitions. Memory is bounded by partitions times 5 MiB.</para>
/// <para>The mock chooses its own ports; there is no setting for them. Security protocols, ACLs, quotas, transactions across
/// restarts and topic settings are not there.</para>
/// <para>Thread safe.</para>
/// </remarks>
public sealed class EmbeddedBroker : IDisposable
{
    /// <summary>Bytes that a partition keeps before its oldest records are dropped.</summary>
    public const int PartitionBytes = 5 * 1024 * 1024;

    private readonly MockClusterHandle _cluster;

    private EmbeddedBroker(MockClusterHandle cluster, int brokers)
    {
        _cluster = cluster;
        Brokers = brokers;
        BootstrapServers = Use(handle => Marshal.PtrToStringUTF8(NativeMethods.ClusterBootstraps(handle))!); // never NULL
        // A group's first member waits for others that long; the default of 3 s is for clusters of machines.
        Use(handle => NativeMethods.GroupInitialRebalanceDelayMs(handle, 100));
    }

    /// <summary>Addresses for <c>bootstrap.servers</c>, as <c>127.0.0.1:40123</c>, separated by commas.</summary>
    public string BootstrapServers { get; }

    /// <summary>Number of brokers; their ids are 1 and up.</summary>
    public int Brokers { get; }

    /// <summary>Starts a cluster on ports of 127.0.0.1 that the system chooses.</summary>
    /// <param name="brokers">Brokers, 1 to 9.</param>
    /// <param name="topics">Topics to create, with their numbers of partitions. Others come to be on first use, with 4.</param>
    /// <exception cref="InvalidOperationException">librdkafka is missing or refused.</exception>
    public static EmbeddedBroker Start(int brokers = 1, IReadOnlyDictionary<string, int>? topics = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(brokers, 9);
        var broker = new EmbeddedBroker(MockClusterHandle.Open(brokers), brokers);
        try
        {
            foreach (var (topic, partitions) in topics ?? new Dictionary<string, int>())
                broker.CreateTopic(topic, partitions);

            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Settings of its clients: the address, and a session timeout of 6 s, for the mock lets a rebalance of a group with
    /// members take as long as their session less 1 s, however soon all have answered; librdkafka's default is 45 s. And a
    /// short wait for records: the mock answers a fetch that found none only when the wait is over, whatever comes meanwhile.
    /// </summary>
    /// <param name="registryUrl">Address for <c>schema.registry.url</c>, or null.</param>
    public ClientSettings Settings(string? registryUrl = null) =>
        ClientSettings.For(BootstrapServers, registryUrl)
            .Set("consumer.session.timeout.ms", "6000").Set("consumer.heartbeat.interval.ms", "500")
            .Set("consumer.fetch.wait.max.ms", "10");

    /// <summary>Creates a topic, replicated to all brokers but three at most.</summary>
    /// <exception cref="KafkaException">It exists, or the name or number is refused.</exception>
    public void CreateTopic(string topic, int partitions)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Check(Use(handle => NativeMethods.TopicCreate(handle, topic, partitions, Math.Min(Brokers, 3))),
            $"create topic {topic} with {partitions} partitions");
    }

    /// <summary>Closes a broker's port, and its connections with it, as a broker that died; its records stay.</summary>
    /// <remarks>
    /// No process may be started meanwhile: until it executes, a fork holds the port that the mock binds again, and the mock
    /// then ends this process (<c>Failed to-create mock broker listener</c>).
    /// </remarks>
    /// <param name="broker">Broker id, from 1.</param>
    public void TakeDown(int broker) =>
        Check(Use(handle => NativeMethods.BrokerSetDown(handle, broker)), $"take broker {broker} down");

    /// <summary>Opens the broker's port again, the same one.</summary>
    /// <param name="broker">Broker id, from 1.</param>
    public void BringUp(int broker) =>
        Check(Use(handle => NativeMethods.BrokerSetUp(handle, broker)), $"bring broker {broker} up");

    /// <summary>Moves a partition's leadership; the mock elects nobody by itself.</summary>
    public void SetLeader(string topic, int partition, int broker) =>
        Check(Use(handle => NativeMethods.PartitionSetLeader(handle, topic, partition, broker)),
            $"make broker {broker} leader of {topic} [{partition}]");

    /// <summary>Answers the next requests of one kind with these errors, one each, in this order.</summary>
    /// <param name="apiKey">Kafka's API key: 0 Produce, 1 Fetch, 8 OffsetCommit.</param>
    /// <param name="errors">Broker errors; <see cref="ErrorCode.Local_Transport"/> closes the connection instead.</param>
    public unsafe void FailNext(short apiKey, params ReadOnlySpan<ErrorCode> errors)
    {
        var codes = new int[errors.Length];
        for (var i = 0; i < codes.Length; i++)
            codes[i] = (int)errors[i];

        Use(handle =>
        {
            fixed (int* first = codes)
                NativeMethods.PushRequestErrors(handle, apiKey, (nuint)codes.Length, first);
        });
    }

    /// <summary>Ends the cluster and closes its ports.</summary>
    public void Dispose() => _cluster.Dispose();

    private static void Check(int error, string operation)
    {
        if (error != 0)
            throw new KafkaException(new Error((ErrorCode)error, $"embedded broker: {operation}: {Marshal.PtrToStringUTF8(NativeMethods.ErrorText(error))}"));
    }

    private void Use(Action<nint> action) => Use(handle =>
    {
        action(handle);
        return 0;
    });

    private T Use<T>(Func<nint, T> action)
    {
        var held = false;
        try
        {
            _cluster.DangerousAddRef(ref held);
            return action(_cluster.DangerousGetHandle());
        }
        finally
        {
            if (held)
                _cluster.DangerousRelease();
        }
    }
}
