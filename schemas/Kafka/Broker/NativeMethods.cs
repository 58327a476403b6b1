using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Syscribe.Kafka;

/// <summary>
/// librdkafka's mock cluster, in the very library that Confluent.Kafka loaded.
/// <see href="https://github.com/confluentinc/librdkafka/blob/v2.15.0/src/rdkafka_mock.h" />
/// </summary>
internal static partial class NativeMethods
{
    public const int Producer = 0;

    private const string LibraryName = "librdkafka";

    // Confluent.Kafka's package carries several builds and loads the one that fits the machine.
    private static readonly string[] Builds = ["librdkafka", "centos8-librdkafka", "alpine-librdkafka"];

    static NativeMethods() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, static (name, _, _) =>
            name == LibraryName ? Loaded() : 0);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint ConfNew();

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_conf_destroy")]
    public static partial void ConfDestroy(nint conf);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int ConfSet(nint conf, string name, string value, byte* error, nuint errorSize);

    /// <summary>Takes the configuration over, unless it fails.</summary>
    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_new")]
    public static unsafe partial nint New(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint client);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint ClusterNew(nint client, int brokers);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void ClusterDestroy(nint cluster);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint ClusterBootstraps(nint cluster);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int TopicCreate(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int BrokerSetDown(nint cluster, int broker);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int BrokerSetUp(nint cluster, int broker);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_partition_set_leader", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PartitionSetLeader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static unsafe partial void PushRequestErrors(nint cluster, short apiKey, nuint count, int* errors);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void GroupInitialRebalanceDelayMs(nint cluster, int delayMs);

    [LibraryImport(LibraryName, EntryPoint = "rd_kafka_err2str")]
    public static partial nint ErrorText(int error);

    private static nint Loaded()
    {
        Library.Load();
        if (InMemory() is { } path)
            return NativeLibrary.Load(path);

        foreach (var build in Builds)
        {
            if (NativeLibrary.TryLoad(build, typeof(Library).Assembly, null, out var handle))
                return handle;
        }

        throw new DllNotFoundException($"librdkafka is not loaded: none of {string.Join(", ", Builds)} was found beside Confluent.Kafka");
    }

    // On Linux the loaded build is a line of the process's own map.
    private static string? InMemory()
    {
        const string maps = "/proc/self/maps";
        if (!File.Exists(maps))
            return null;

        foreach (var line in File.ReadLines(maps))
        {
            var path = line.IndexOf('/', StringComparison.Ordinal);
            if (path >= 0 && Path.GetFileName(line.AsSpan(path)).Contains("librdkafka", StringComparison.Ordinal))
                return line[path..];
        }

        return null;
    }
}
