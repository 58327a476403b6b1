using Akka.Streams;
using Akka.Streams.Stage;
using Microsoft.Extensions.Logging;

namespace Syscribe.Pipeline.Consuming;

/// <summary>Handle on a running <see cref="KafkaSource"/>.</summary>
public interface IConsumerControl
{
    /// <summary>What the consumer was doing at its last look.</summary>
    ConsumerStatus Status { get; }

    /// <summary>Completes when the consumer has left its group and is closed, whatever ended the stream. Never fails.</summary>
    Task Closed { get; }

    /// <summary>
    /// Stops reading. The stream completes after the batches that are already read; the consumer stays in its group until
    /// they are finished (at most <see cref="KafkaSourceOptions.DrainTimeout"/>), commits and leaves. Any thread.
    /// </summary>
    void Stop();
}

/// <summary>
/// Reads a topic as a member of a consumer group.
/// Emits when the consumer has records and there is demand; one drain of the consumer is one batch.
/// Backpressures by not reading, then by pausing partitions, while the consumer goes on polling.
/// Completes after <see cref="IConsumerControl.Stop"/> when nothing is in flight. Fails on a fatal client error; a broker
/// that is away is waited for. Cancel closes the consumer after a commit of what is finished.
/// Holds at most <see cref="KafkaSourceOptions.BufferedBatches"/> batches and the one being filled.
/// </summary>
public sealed class KafkaSource : GraphStageWithMaterializedValue<SourceShape<RecordBatch>, IConsumerControl>
{
    private readonly KafkaSourceOptions _options;
    private readonly ILogger _log;
    private readonly Outlet<RecordBatch> _out = new("KafkaSource.out");

    /// <summary>A source that connects when it is run; the same one may be run again.</summary>
    public KafkaSource(KafkaSourceOptions options, ILogger log)
    {
        _options = options;
        _log = log;
        Shape = new SourceShape<RecordBatch>(_out);
    }

    /// <inheritdoc />
    public override SourceShape<RecordBatch> Shape { get; }

    /// <inheritdoc />
    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("KafkaSource");

    /// <inheritdoc />
    public override ILogicAndMaterializedValue<IConsumerControl> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var logic = new Logic(this);
        return new LogicAndMaterializedValue<IConsumerControl>(logic, logic);
    }

    private sealed class Logic : OutGraphStageLogic, IConsumerControl
    {
        private readonly KafkaSource _stage;
        private readonly ConsumerLoop _loop;
        private readonly Queue<RecordBatch> _held = new();
        private bool _draining;

        public Logic(KafkaSource stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _loop = new ConsumerLoop(stage._options, stage._log);
            SetHandler(stage._out, this);
        }

        public ConsumerStatus Status => _loop.Status;

        public Task Closed => _loop.Closed;

        public void Stop() => _loop.Stop();

        public override void PreStart() => _loop.Start(
            GetAsyncCallback<RecordBatch>(OnBatch), GetAsyncCallback(OnDraining), GetAsyncCallback<Exception?>(OnEnded));

        public override void OnPull()
        {
            if (_held.TryDequeue(out var batch))
            {
                Emit(batch);
            }
        }

        public override void PostStop() => _loop.Abandon();

        private void OnBatch(RecordBatch batch)
        {
            if (IsAvailable(_stage._out))
            {
                Emit(batch);
            }
            else
            {
                _held.Enqueue(batch);
            }
        }

        private void Emit(RecordBatch batch)
        {
            Push(_stage._out, batch);
            _loop.AddCredit();
            CompleteWhenDrained();
        }

        // The stage outlives its outlet: downstream finishes its batches while the consumer is still in the group.
        private void OnDraining()
        {
            _draining = true;
            SetKeepGoing(true);
            CompleteWhenDrained();
        }

        private void CompleteWhenDrained()
        {
            if (_draining && _held.Count == 0)
            {
                Complete(_stage._out);
            }
        }

        private void OnEnded(Exception? failure)
        {
            if (failure is null)
            {
                CompleteStage();
            }
            else
            {
                FailStage(failure);
            }
        }
    }
}
