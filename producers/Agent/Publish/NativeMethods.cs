using System.Reflection;
using System.Runtime.InteropServices;

namespace Syscribe.Agent.Publish;

/// <summary>
/// The part of librdkafka that a producer needs; C names and widths of
/// <see href="https://github.com/confluentinc/librdkafka/blob/master/src/rdkafka.h">rdkafka.h</see>.
/// </summary>
internal static unsafe partial class NativeMethods
{
    public const int Producer = 0; // RD_KAFKA_PRODUCER
    public const int AnyPartition = -1; // RD_KAFKA_PARTITION_UA
    public const int CopyPayload = 2; // RD_KAFKA_MSG_F_COPY
    public const int PurgeQueue = 1; // RD_KAFKA_PURGE_F_QUEUE
    public const int PurgeInflight = 2; // RD_KAFKA_PURGE_F_INFLIGHT

    public const int NoError = 0;
    public const int TransportFailed = -195; // RD_KAFKA_RESP_ERR__TRANSPORT
    public const int MessageTimedOut = -192; // RD_KAFKA_RESP_ERR__MSG_TIMED_OUT
    public const int ResolveFailed = -193; // RD_KAFKA_RESP_ERR__RESOLVE
    public const int AllBrokersDown = -187; // RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN
    public const int TimedOut = -185; // RD_KAFKA_RESP_ERR__TIMED_OUT
    public const int QueueFull = -184; // RD_KAFKA_RESP_ERR__QUEUE_FULL
    public const int PurgedFromQueue = -152; // RD_KAFKA_RESP_ERR__PURGE_QUEUE
    public const int PurgedInflight = -151; // RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
    public const int Fatal = -150; // RD_KAFKA_RESP_ERR__FATAL
    public const int MessageTooLarge = 10; // RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE

    private const string Library = "librdkafka";

    // Confluent.Kafka's package carries three Linux builds; which of them loads depends on the C library and on OpenSSL.
    private static readonly string[] Builds = ["centos8-librdkafka", "librdkafka", "alpine-librdkafka"];

    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, Resolve);

    /// <summary>rd_kafka_message_t, as far as a delivery report is read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public int Error;
        public nint Topic;
        public int Partition;
        public void* Payload;
        public nuint Length;
        public void* Key;
        public nuint KeyLength;
        public long Offset;
        public nint Opaque;
    }

    [LibraryImport(Library)]
    public static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_destroy(nint conf);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_conf_set(nint conf, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_opaque(nint conf, nint opaque);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_dr_msg_cb(
        nint conf, delegate* unmanaged[Cdecl]<nint, Message*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_error_cb(
        nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_log_cb(
        nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> callback);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_new(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rd_kafka_topic_new(nint client, string topic, nint conf);

    [LibraryImport(Library)]
    public static partial void rd_kafka_topic_destroy(nint topic);

    /// <summary>Copies key and payload, so neither needs to live longer than the call. -1 on error: see <see cref="rd_kafka_last_error"/>.</summary>
    [LibraryImport(Library)]
    public static partial int rd_kafka_produce(
        nint topic, int partition, int flags, byte* payload, nuint length, byte* key, nuint keyLength, nint opaque);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int rd_kafka_last_error();

    [LibraryImport(Library)]
    public static partial int rd_kafka_poll(nint client, int timeoutMs);

    [LibraryImport(Library)]
    public static partial int rd_kafka_outq_len(nint client);

    [LibraryImport(Library)]
    public static partial int rd_kafka_purge(nint client, int flags);

    [LibraryImport(Library)]
    public static partial int rd_kafka_metadata(nint client, int allTopics, nint onlyTopic, out nint metadata, int timeoutMs);

    [LibraryImport(Library)]
    public static partial void rd_kafka_metadata_destroy(nint metadata);

    [LibraryImport(Library)]
    public static partial int rd_kafka_fatal_error(nint client, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial long rd_kafka_message_latency(Message* message);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_err2str(int error);

    /// <summary>librdkafka's text for an error code.</summary>
    public static string ErrorText(int error) => Marshal.PtrToStringUTF8(rd_kafka_err2str(error)) ?? $"error {error}";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return nint.Zero;
        }

        var folder = Path.Combine(
            AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant(), "native");
        foreach (var build in Builds)
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, build + ".so"), out var handle)
                || NativeLibrary.TryLoad(build, assembly, path, out handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException($"Load librdkafka failed: none of {string.Join(", ", Builds)} in {folder} loads on this system.");
    }
}
