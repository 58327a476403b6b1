using System.Buffers.Binary;
using System.Buffers.Text;
using Syscribe.Events;

namespace Syscribe.Agent.Publish;

/// <summary>
/// Encodes events and publishes each as one record in Confluent's wire format, keyed <c>NODE/PID</c> so that one
/// process's events stay in order. One thread publishes and serves; any thread reads the counters.
/// </summary>
/// <remarks>
/// <code>
/// 0      1            5
/// | 0x00 | schema id  | Avro binary ... |      schema id big-endian
/// </code>
/// Queue: librdkafka's, <c>queue.buffering.max.messages</c> records; when it is full, <see cref="Publish"/> blocks.
/// Invariant: received = published + lost + in flight.
/// </remarks>
internal sealed class EventPublisher : IDeliveryObserver, IDisposable
{
    private const int HeaderBytes = 5;
    private const int FullWaitMs = 20;
    private const int MostPidDigits = 20;

    private readonly RecordProducer _producer;
    private readonly ClusterWatch _watch;
    private readonly TimeProvider _clock;
    private byte[] _record = new byte[16 * 1024];
    private byte[] _key = new byte[256];
    private Utf8 _keyNode;
    private int _keyNodeLength;
    private int _sinceServed;

    private long _received;
    private long _published;
    private long _publishedBytes;
    private long _tooLarge;
    private long _undelivered;
    private long _stopped;
    private long _blockedTicks;

    public EventPublisher(IEnumerable<KeyValuePair<string, string>> settings, string topic, ClusterWatch watch, TimeProvider clock)
    {
        _watch = watch;
        _clock = clock;
        _producer = new RecordProducer(settings, topic, this);
    }

    /// <summary>Id of the schema in the registry; set before the first record.</summary>
    public int SchemaId { set => BinaryPrimitives.WriteInt32BigEndian(_record.AsSpan(1), value); }

    /// <summary>When to give up waiting for a full queue; after that, events are dropped as <see cref="DropCause.Stopped"/>.</summary>
    public CancellationToken Patience { get; set; }

    /// <summary>Events handed to <see cref="Publish"/>.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Records acknowledged.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Keys and payloads of the acknowledged records.</summary>
    public long PublishedBytes => Volatile.Read(ref _publishedBytes);

    /// <summary>Records over <c>message.max.bytes</c>.</summary>
    public long TooLarge => Volatile.Read(ref _tooLarge);

    /// <summary>Records that the cluster refused.</summary>
    public long Undelivered => Volatile.Read(ref _undelivered);

    /// <summary>Records given up at the stop.</summary>
    public long Stopped => Volatile.Read(ref _stopped);

    /// <summary>Records with librdkafka, on the way.</summary>
    public long InFlight => Received - Published - TooLarge - Undelivered - Stopped;

    /// <summary>How long publishing has waited for room in the queue.</summary>
    public TimeSpan Blocked => _clock.GetElapsedTime(0, Volatile.Read(ref _blockedTicks));

    /// <summary>Told of the time between queue and acknowledgement, in seconds, for a sample of the records.</summary>
    public Action<double>? Latency { get; set; }

    /// <summary>Queues the event's record, waiting while the queue is full. The event may be reused at once.</summary>
    /// <exception cref="AgentException">The client can produce no more.</exception>
    public void Publish(SyscallEvent value)
    {
        _received++;
        var length = SyscallEventEncoder.Encode(value, ref _record, HeaderBytes);
        var record = _record.AsSpan(0, length);
        var key = Key(value);
        if (++_sinceServed >= AgentConstants.RecordsPerServe)
        {
            Serve(0);
        }

        var error = _producer.TryProduce(key, record);
        if (error != NativeMethods.NoError)
        {
            PublishSlowly(error, key, record);
        }
    }

    /// <summary>Counts what the cluster has acknowledged, waiting up to <paramref name="timeoutMs"/> for the first.</summary>
    public void Serve(int timeoutMs)
    {
        _sinceServed = 0;
        _producer.Serve(timeoutMs);
        _watch.Remind();
    }

    /// <summary>Asks for the topic once; whether a broker answered in time.</summary>
    public bool Reaches(int timeoutMs)
    {
        var error = _producer.AskMetadata(timeoutMs);
        _producer.Serve(0);
        return error == NativeMethods.NoError;
    }

    /// <summary>Waits for what is on the way until <see cref="Patience"/> ends, then gives the rest up. Nothing is in flight afterwards.</summary>
    public void Drain()
    {
        while (_producer.InFlight > 0 && !Patience.IsCancellationRequested)
        {
            Serve(FullWaitMs);
        }

        if (_producer.InFlight > 0)
        {
            _producer.Purge();
        }

        while (_producer.InFlight > 0)
        {
            Serve(FullWaitMs);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _producer.Dispose();

    /// <inheritdoc />
    void IDeliveryObserver.Ended(int error, long bytes, long latencyUs)
    {
        if (error == NativeMethods.NoError)
        {
            _published++;
            _publishedBytes += bytes;
            if (latencyUs >= 0)
            {
                _watch.Answered();
                Latency?.Invoke(latencyUs / 1e6);
            }

            return;
        }

        Count(error);
        _watch.Refused(error);
    }

    /// <inheritdoc />
    void IDeliveryObserver.ClusterError(int error, string reason) => _watch.Failed(error, reason);

    private void PublishSlowly(int error, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record)
    {
        var since = _clock.GetTimestamp();
        while (error == NativeMethods.QueueFull && !Patience.IsCancellationRequested)
        {
            Serve(FullWaitMs);
            error = _producer.TryProduce(key, record);
        }

        _blockedTicks += _clock.GetTimestamp() - since;
        switch (error)
        {
            case NativeMethods.NoError:
                break;
            case NativeMethods.QueueFull:
                _stopped++;
                break;
            case NativeMethods.Fatal:
                _undelivered++;
                throw new AgentException(
                    $"Publish to Kafka failed for ever: {_producer.FatalError()}. Restart the agent, and look at the brokers' log.");
            default:
                Count(error);
                break;
        }
    }

    private void Count(int error)
    {
        switch (error)
        {
            case NativeMethods.MessageTooLarge:
                _tooLarge++;
                break;
            case NativeMethods.PurgedFromQueue or NativeMethods.PurgedInflight:
                _stopped++;
                break;
            default:
                _undelivered++;
                break;
        }
    }

    // The node seldom changes from one event to the next: its bytes stay in front, and only the pid is written.
    private ReadOnlySpan<byte> Key(SyscallEvent value)
    {
        if (!value.Node.Span.SequenceEqual(_keyNode.Span))
        {
            _keyNode = value.Node.ToOwned();
            _keyNodeLength = _keyNode.Length + 1;
            _key = new byte[_keyNodeLength + MostPidDigits];
            _keyNode.Span.CopyTo(_key);
            _key[_keyNode.Length] = (byte)'/';
        }

        var pid = value.Process?.Pid ?? value.ThreadId;
        Utf8Formatter.TryFormat(pid, _key.AsSpan(_keyNodeLength), out var digits);
        return _key.AsSpan(0, _keyNodeLength + digits);
    }
}
