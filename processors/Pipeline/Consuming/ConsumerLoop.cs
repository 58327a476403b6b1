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
internal sealed class ConsumerLoop
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

    private IEnumerable<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        _broker.Back();
        _joined = true;
        _unpausedNew = true;
        _statusAt = 0;
        _tracker.Assign(partitions);
        LogMessages.Assigned(_log, _options.Topic, Describe(partitions));
        // Unset means the group's commit.
        return partitions.Select(p => new TopicPartitionOffset(p, _options.Replay?.StartOf(p) ?? Offset.Unset));
    }

    private void OnRevoked(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        Forget(partitions);
        var idle = _tracker.WaitIdle(partitions, _revokeTimeout, _abandoned.Token);
        Commit(consumer, _tracker.Committable(partitions));
        _tracker.Remove(partitions);
        LogMessages.Revoked(_log, _options.Topic, Describe(partitions), idle ? "finished" : "unfinished, to be read again");
    }

    // Another member owns them by now: its commits must not be overwritten.
    private void OnLost(List<TopicPartition> partitions)
    {
        Forget(partitions);
        _tracker.Remove(partitions);
        LogMessages.Lost(_log, _options.Topic, Describe(partitions));
    }

    private void Forget(List<TopicPartition> partitions) =>
        Forget(_records.Where(r => partitions.Contains(r.TopicPartition)).ToList());

    private void Forget(IReadOnlyCollection<ConsumeResult<byte[]?, byte[]?>> records)
    {
        var gone = records.ToHashSet();
        _records.RemoveAll(gone.Contains);
        _bytes = _records.Sum(r => (long)(r.Message.Key?.Length ?? 0) + (r.Message.Value?.Length ?? 0));
    }

    private void Commit(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartitionOffset> offsets)
    {
        try
        {
            if (offsets.Count > 0)
            {
                consumer.Commit(offsets);
                offsets.ForEach(o => _options.Replay?.Committed(o.TopicPartition));
            }
        }
        catch (KafkaException e)
        {
            OnCommitFailed(e.Error);
        }
    }

    // librdkafka commits what is stored at auto.commit.interval.ms, without making this thread wait.
    private void Housekeep(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var offset in _tracker.TakeCommittable())
        {
            try
            {
                consumer.StoreOffset(offset);
            }
            catch (KafkaException e)
            {
                OnCommitFailed(e.Error);
            }
        }

        if (_statusAt == 0 || _options.Time.GetElapsedTime(_statusAt) >= StatusInterval)
        {
            ProbeBroker(consumer);
            _statusAt = _options.Time.GetTimestamp();
            _status = new ConsumerStatus(_joined, _paused, consumer.Assignment.Count, Lag(consumer), _tracker.Pending);
        }
    }

    // Nothing else tells that an idle topic's broker is back: no record and no assignment comes.
    private void ProbeBroker(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (!_broker.IsAway)
        {
            return;
        }

        try
        {
            if (consumer.Assignment is [var any, ..])
            {
                consumer.QueryWatermarkOffsets(any, StatusInterval / 2);
                _broker.Back();
            }
        }
        catch (KafkaException)
        {
            // Still away.
        }

        _broker.Remind();
    }

    private static Dictionary<TopicPartition, long> Lag(IConsumer<byte[]?, byte[]?> consumer)
    {
        var lag = new Dictionary<TopicPartition, long>();
        foreach (var partition in consumer.Assignment)
        {
            var end = consumer.GetWatermarkOffsets(partition).High;
            var position = consumer.Position(partition);
            if (!end.IsSpecial && !position.IsSpecial)
            {
                lag[partition] = Math.Max(0, end.Value - position.Value);
            }
        }

        return lag;
    }

    private void OnCommitted(CommittedOffsets committed)
    {
        if (committed.Error.IsError)
        {
            OnCommitFailed(committed.Error);
            return;
        }

        foreach (var offset in committed.Offsets.Where(o => !o.Error.IsError))
        {
            _options.Replay?.Committed(offset.TopicPartition);
        }
    }

    // During a rebalance the broker may refuse commits; the next one carries these offsets too.
    private void OnCommitFailed(Error error)
    {
        if (error.Code is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration)
        {
            LogMessages.CommitDeferred(_log, _options.Topic, error.Reason);
        }
        else
        {
            LogMessages.CommitFailed(_log, _options.Topic, error.Reason);
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

    private static string Describe(List<TopicPartition> partitions) =>
        partitions.Count == 0 ? "none" : string.Join(',', partitions.Select(p => p.Partition.Value).Order());
}
