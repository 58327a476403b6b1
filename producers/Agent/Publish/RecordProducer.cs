using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Syscribe.Agent.Publish;

/// <summary>
/// A Kafka producer for one topic and one thread that allocates nothing per record: librdkafka copies key and payload
/// into its own queue and tells of each record's end on <see cref="Serve"/>.
/// </summary>
/// <remarks>
/// Confluent.Kafka's <c>IProducer</c> allocates 632 bytes per record with a delivery handler (message, key and payload
/// arrays, handler, report) and reaches 0.5-0.6 million records a second on two cores where this reaches 0.9, at 0.4 of
/// its processor time (500-byte records; <c>tests/Bench publish</c>). Settings are librdkafka's own, by name.
/// <para>produced = delivered + failed + in flight, at any time on the producing thread.</para>
/// </remarks>
internal sealed unsafe class RecordProducer : IDisposable
{
    private const int ErrorBytes = 512;

    // The latency of one record in this many is told; a clock read per record would cost as much as all else here.
    private const uint LatencySample = 64;

    private readonly GCHandle _self;
    private readonly nint _client;
    private readonly nint _topic;
    private readonly IDeliveryObserver _observer;
    private uint _delivered;
    private bool _disposed;

    /// <summary>Makes the client; it connects in the background.</summary>
    /// <param name="settings">librdkafka settings by name.</param>
    /// <param name="topic">Where records go.</param>
    /// <param name="observer">Told of delivered and failed records on the thread that calls <see cref="Serve"/>.</param>
    /// <exception cref="AgentException">librdkafka refuses a setting.</exception>
    public RecordProducer(IEnumerable<KeyValuePair<string, string>> settings, string topic, IDeliveryObserver observer)
    {
        _observer = observer;
        _self = GCHandle.Alloc(this);
        var conf = Configure(settings);
        NativeMethods.rd_kafka_conf_set_opaque(conf, GCHandle.ToIntPtr(_self));
        NativeMethods.rd_kafka_conf_set_dr_msg_cb(conf, &OnDelivery);
        NativeMethods.rd_kafka_conf_set_error_cb(conf, &OnError);
        // What the log says of lost connections, the error callback says too, and the agent tells it once, not per try.
        NativeMethods.rd_kafka_conf_set_log_cb(conf, &OnLog);
        var error = stackalloc byte[ErrorBytes];
        _client = NativeMethods.rd_kafka_new(NativeMethods.Producer, conf, error, ErrorBytes);
        if (_client == nint.Zero)
        {
            NativeMethods.rd_kafka_conf_destroy(conf);
            _self.Free();
            throw new AgentException($"Create the Kafka producer failed: {Text(error)}. Check the settings given with -X.");
        }

        _topic = NativeMethods.rd_kafka_topic_new(_client, topic, nint.Zero);
    }

    /// <summary>Records handed over that are neither delivered nor failed.</summary>
    public long InFlight { get; private set; }

    /// <summary>Queues one record; the spans may be reused at once.</summary>
    /// <returns>0, or librdkafka's error code; <see cref="NativeMethods.QueueFull"/> means: serve, then try again.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TryProduce(ReadOnlySpan<byte> key, ReadOnlySpan<byte> payload)
    {
        fixed (byte* keyBytes = key)
        fixed (byte* payloadBytes = payload)
        {
            if (NativeMethods.rd_kafka_produce(
                _topic, NativeMethods.AnyPartition, NativeMethods.CopyPayload,
                payloadBytes, (nuint)payload.Length, keyBytes, (nuint)key.Length, nint.Zero) == 0)
            {
                InFlight++;
                return NativeMethods.NoError;
            }
        }

        return NativeMethods.rd_kafka_last_error();
    }

    /// <summary>Tells the observer of records that came to their end, waiting up to <paramref name="timeoutMs"/> for the first.</summary>
    public void Serve(int timeoutMs) => NativeMethods.rd_kafka_poll(_client, timeoutMs);

    /// <summary>Gives up on everything that is in flight: each record fails with a purge error on the next <see cref="Serve"/>.</summary>
    public void Purge() => NativeMethods.rd_kafka_purge(_client, NativeMethods.PurgeQueue | NativeMethods.PurgeInflight);

    /// <summary>Asks the cluster for the topic; an error code other than 0 means that no broker answered in time.</summary>
    public int AskMetadata(int timeoutMs)
    {
        var error = NativeMethods.rd_kafka_metadata(_client, 0, _topic, out var metadata, timeoutMs);
        if (error == NativeMethods.NoError)
        {
            NativeMethods.rd_kafka_metadata_destroy(metadata);
        }

        return error;
    }

    /// <summary>Why the client can produce no more, or null. librdkafka's fatal errors are for ever.</summary>
    public string? FatalError()
    {
        var error = stackalloc byte[ErrorBytes];
        return NativeMethods.rd_kafka_fatal_error(_client, error, ErrorBytes) == NativeMethods.NoError ? null : Text(error);
    }

    /// <summary>Releases the client; what is still in flight is purged first.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Purge();
        NativeMethods.rd_kafka_topic_destroy(_topic);
        NativeMethods.rd_kafka_destroy(_client);
        _self.Free();
    }

    private static nint Configure(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var conf = NativeMethods.rd_kafka_conf_new();
        var error = stackalloc byte[ErrorBytes];
        foreach (var (name, value) in settings)
        {
            if (NativeMethods.rd_kafka_conf_set(conf, name, value, error, ErrorBytes) != 0)
            {
                NativeMethods.rd_kafka_conf_destroy(conf);
                throw new AgentException($"Kafka setting {name} is refused by librdkafka: {Text(error)}.");
            }
        }

        return conf;
    }

    // Called inside Serve, on its thread; an exception must not unwind through C, and the observers only count.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDelivery(nint client, NativeMethods.Message* message, nint opaque)
    {
        if (GCHandle.FromIntPtr(opaque).Target is RecordProducer producer)
        {
            producer.InFlight--;
            var latencyUs = producer._delivered++ % LatencySample == 0 ? NativeMethods.rd_kafka_message_latency(message) : -1;
            producer._observer.Ended(message->Error, (long)(message->KeyLength + message->Length), latencyUs);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint client, int error, byte* reason, nint opaque)
    {
        if (GCHandle.FromIntPtr(opaque).Target is RecordProducer producer)
        {
            producer._observer.ClusterError(error, Text(reason));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
    }

    private static string Text(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
}
