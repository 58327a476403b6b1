using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Syscribe.Pipeline.Consuming;

/// <summary>
/// Owns a consumer and the thread that polls it. All calls of the consumer and all rebalance callbacks happen on that
/// thread; other threads only add credits, stop it, and finish batches.
/// </summary>
/// <remarks>
/// Flow control: a credit is the right to hand over one batch. Without credit the loop waits for
/// <see cref="KafkaSourceOptions.StallBeforePause"/>, then pauses every partition and goes on polling, so that the
/// group's protocol is served however long the stream stands still.
/// </remarks>
internal sealed partial class ConsumerLoop
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);

    private readonly KafkaSourceOptions _options;
    private readonly ILogger _log;
    private readonly BrokerWatch _broker;
    private readonly OffsetTracker _tracker;
    private readonly SemaphoreSlim _credits;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _revokeTimeout;
    private readonly ConsumerConfig _client;

    // Touched by the poll thread only.
    private readonly List<ConsumeResult<byte[]?, byte[]?>> _records = [];
    private long _bytes;
    private bool _paused;
    private bool _unpausedNew;
    private bool _joined;
    private Error? _fatal;
    private long _statusAt;
    private volatile ConsumerStatus _status = ConsumerStatus.None;

    public ConsumerLoop(KafkaSourceOptions options, ILogger log)
    {
        _options = options;
        _log = log;
        _client = options.EffectiveClient();
        _broker = new BrokerWatch($"Consume {options.Topic}", _client.BootstrapServers, options.AwayLogInterval, options.Time, log);
        _tracker = new OffsetTracker(options.Time);
        _credits = new SemaphoreSlim(options.BufferedBatches);
        _revokeTimeout = BoundByPollInterval(options.RevokeTimeout, _client);
    }

    /// <summary>Completes when the consumer has left the group and is closed, whatever the reason.</summary>
    public Task Closed => _closed.Task;

    public ConsumerStatus Status => _status;

    /// <summary>Begins to read.</summary>
    /// <param name="batch">Called on the poll thread with each batch; each call uses up one credit.</param>
    /// <param name="draining">Called once when no more batches come although the consumer still owns its partitions.</param>
    /// <param name="ended">Called once when the consumer is closed; with the error if it failed.</param>
    public void Start(Action<RecordBatch> batch, Action draining, Action<Exception?> ended) =>
        new Thread(() => Run(batch, draining, ended)) { IsBackground = true, Name = $"kafka-{_options.Topic}" }.Start();

    /// <summary>The stream has taken a batch. Any thread.</summary>
    public void AddCredit() => _credits.Release();

    /// <summary>Stop reading, wait for what is in flight, commit, leave. Any thread.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Commit what is finished and leave at once: nobody finishes the rest. Any thread.</summary>
    public void Abandon()
    {
        _abandoned.Cancel();
        _stopping.Cancel();
    }

    /// <summary>For a loop that is never started.</summary>
    public void Discard() => _closed.TrySetResult();

    private void Run(Action<RecordBatch> batch, Action draining, Action<Exception?> ended)
    {
        Exception? failure = null;
        try
        {
            using var consumer = Build();
            try
            {
                consumer.Subscribe(_options.Topic);
                Read(consumer, batch);
                draining();
                Drain(consumer);
            }
            finally
            {
                Leave(consumer);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        _status = ConsumerStatus.None;
        _closed.SetResult();
        ended(failure);
    }

    private IConsumer<byte[]?, byte[]?> Build() => new ConsumerBuilder<byte[]?, byte[]?>(_client)
        .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
        .SetPartitionsRevokedHandler((consumer, partitions) => OnRevoked(consumer, [.. partitions.Select(p => p.TopicPartition)]))
        .SetPartitionsLostHandler((_, partitions) => OnLost([.. partitions.Select(p => p.TopicPartition)]))
        .SetOffsetsCommittedHandler((_, committed) => OnCommitted(committed))
        .SetErrorHandler((_, error) => OnError(error))
        .SetLogHandler((_, message) => LogMessages.Client(_log, message.Facility, message.Message))
        .Build();

    private void Read(IConsumer<byte[]?, byte[]?> consumer, Action<RecordBatch> batch)
    {
        var credit = false;
        while (!_stopping.IsCancellationRequested)
        {
            credit = credit || WaitForCredit();
            if (credit)
            {
                Resume(consumer);
                Fill(consumer);
            }
            else if (!_stopping.IsCancellationRequested)
            {
                Pause(consumer);
                Poll(consumer, PollTime);
            }

            if (credit && _records.Count > 0)
            {
                credit = false;
                batch(TakeBatch());
            }

            Housekeep(consumer);
        }
    }

    private bool WaitForCredit()
    {
        try
        {
            return _credits.Wait(_paused ? TimeSpan.Zero : _options.StallBeforePause, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Waits for the first record only: what librdkafka has prefetched by then makes the batch.
    private void Fill(IConsumer<byte[]?, byte[]?> consumer)
    {
        var wait = _records.Count == 0 ? PollTime : TimeSpan.Zero;
        while (_records.Count < _options.BatchRecords && _bytes < _options.BatchBytes && Poll(consumer, wait))
        {
            wait = TimeSpan.Zero;
        }
    }

    private bool Poll(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            var record = consumer.Consume(wait);
            ThrowIfFatal();
            if (record is null)
            {
                return false;
            }

            _broker.Back();
            _records.Add(record);
            _bytes += (record.Message.Key?.Length ?? 0) + (record.Message.Value?.Length ?? 0);
            return true;
        }
        catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code != ErrorCode.Local_AutoOffsetReset)
        {
            // A topic that does not exist yet, a leader that moves, a missing permission: librdkafka goes on trying.
            ThrowIfFatal();
            OnError(e.Error);
            return false;
        }
    }

    private RecordBatch TakeBatch()
    {
        var batch = new RecordBatch(_records.ToArray(), _tracker.Track(Spans()));
        _records.Clear();
        _bytes = 0;
        return batch;
    }

    private List<(TopicPartition, long First, long Last)> Spans()
    {
        var spans = new Dictionary<TopicPartition, (long First, long Last)>();
        foreach (var record in _records)
        {
            var first = spans.TryGetValue(record.TopicPartition, out var span) ? span.First : record.Offset.Value;
            spans[record.TopicPartition] = (first, record.Offset.Value);
        }

        return [.. spans.Select(s => (s.Key, s.Value.First, s.Value.Last))];
    }

    private void Drain(IConsumer<byte[]?, byte[]?> consumer)
    {
        var started = _options.Time.GetTimestamp();
        while (_tracker.Pending > 0 && !_abandoned.IsCancellationRequested)
        {
            if (_options.Time.GetElapsedTime(started) > _options.DrainTimeout)
            {
                LogMessages.DrainTimedOut(_log, _options.Topic, _tracker.Pending, _options.DrainTimeout.TotalSeconds);
                return;
            }

            Pause(consumer);
            Poll(consumer, TimeSpan.Zero);
            Forget(_records);
            _tracker.WaitIdle(consumer.Assignment, PollTime, _abandoned.Token);
            Housekeep(consumer);
        }
    }

    // Close calls the revoked handler, which commits; the explicit commit covers a consumer that is not in the group.
    private void Leave(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            _abandoned.Cancel();
            consumer.Close();
        }
        catch (KafkaException e)
        {
            LogMessages.CloseFailed(_log, _options.Topic, e.Error.Reason);
        }
    }

    // A rebalance while paused assigns partitions that are not.
    private void Pause(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (!_paused || _unpausedNew)
        {
            consumer.Pause(consumer.Assignment);
            _paused = true;
            _unpausedNew = false;
        }
    }

    private void Resume(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_paused)
        {
            consumer.Resume(consumer.Assignment);
            _paused = false;
        }
    }

    // Called from within Consume: throwing here would pass through C, so a fatal error is kept until Consume returns.
    private void OnError(Error error)
    {
        if (error.IsFatal)
        {
            _fatal = error;
        }
        else if (error.Code == ErrorCode.Local_MaxPollExceeded)
        {
            LogMessages.PollIntervalExceeded(_log, _options.Topic, error.Reason);
        }
        else
        {
            _broker.Saw(error);
        }
    }

    private void ThrowIfFatal()
    {
        if (_fatal is not null)
        {
            throw new KafkaException(_fatal);
        }
    }

    private static TimeSpan BoundByPollInterval(TimeSpan timeout, ConsumerConfig client)
    {
        const int KafkaDefaultMs = 300_000;
        var half = TimeSpan.FromMilliseconds((client.MaxPollIntervalMs ?? KafkaDefaultMs) / 2.0);
        return timeout < half ? timeout : half;
    }
}
