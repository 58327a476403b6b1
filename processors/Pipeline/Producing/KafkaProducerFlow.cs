using Akka.Streams;
using Akka.Streams.Stage;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Syscribe.Pipeline.Producing;

/// <summary>
/// Writes the records of each batch and passes the batch on when the broker has acknowledged all of them.
/// Emits in order, when the oldest batch is acknowledged. Backpressures when
/// <see cref="KafkaProducerOptions.MaxInFlightBatches"/> are outstanding, or while the client's queue is full.
/// Completes when upstream has completed and everything is acknowledged and emitted. Fails when a record is refused for
/// good: what is not emitted must be taken as not written. Holds at most that many batches, whose records are also in
/// the client's queue (<c>queue.buffering.max.messages</c>).
/// The materialised task completes when the producer is closed, whatever ended the stream; it never fails.
/// </summary>
public sealed class KafkaProducerFlow<T> : GraphStageWithMaterializedValue<FlowShape<T, T>, Task>
    where T : class, IOutBatch
{
    private readonly KafkaProducerOptions _options;
    private readonly ILogger _log;
    private readonly Inlet<T> _in = new("KafkaProducerFlow.in");
    private readonly Outlet<T> _out = new("KafkaProducerFlow.out");

    /// <summary>A flow that connects when it is run.</summary>
    public KafkaProducerFlow(KafkaProducerOptions options, ILogger log)
    {
        _options = options;
        _log = log;
        Shape = new FlowShape<T, T>(_in, _out);
    }

    /// <inheritdoc />
    public override FlowShape<T, T> Shape { get; }

    /// <inheritdoc />
    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("KafkaProducerFlow");

    /// <inheritdoc />
    public override ILogicAndMaterializedValue<Task> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var logic = new Logic(this);
        return new LogicAndMaterializedValue<Task>(logic, logic.Closed);
    }

    private sealed class Logic : TimerGraphStageLogic, IInHandler, IOutHandler
    {
        private readonly KafkaProducerFlow<T> _stage;
        private readonly Queue<InFlight> _inFlight = new();
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IProducer<byte[]?, byte[]?>? _producer;
        private InFlight? _blocked;
        private Action _acknowledged = null!; // PreStart, which runs before any handler, sets both.
        private Action<Exception> _failed = null!;

        public Logic(KafkaProducerFlow<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        public Task Closed => _closed.Task;

        public override void PreStart()
        {
            _acknowledged = GetAsyncCallback(EmitAcknowledged);
            _failed = GetAsyncCallback<Exception>(FailStage);
            _producer = _stage._options.NewProducer?.Invoke() ?? Build();
            Pull(_stage._in);
        }

        private IProducer<byte[]?, byte[]?> Build() => new ProducerBuilder<byte[]?, byte[]?>(_stage._options.EffectiveClient())
            .SetErrorHandler((_, error) => OnClientError(error))
            .SetLogHandler((_, message) => LogMessages.Client(_stage._log, message.Facility, message.Message))
            .Build();

        public void OnPush()
        {
            var batch = new InFlight(Grab(_stage._in), this);
            _inFlight.Enqueue(batch);
            Send(batch);
            EmitAcknowledged();
        }

        public void OnPull() => EmitAcknowledged();

        public void OnUpstreamFinish() => CompleteWhenEmpty();

        public void OnUpstreamFailure(Exception e) => FailStage(e);

        public void OnDownstreamFinish(Exception cause) => CancelStage(cause);

        protected override void OnTimer(object timerKey)
        {
            var batch = _blocked;
            _blocked = null;
            Send(batch!); // The timer is set only where _blocked is.
            EmitAcknowledged();
        }

        // Disposal waits for the client's threads, which may be in a callback: not on the stream's dispatcher.
        public override void PostStop()
        {
            var producer = _producer;
            _ = Task.Run(() =>
            {
                try
                {
                    producer?.Dispose();
                }
                finally
                {
                    _closed.SetResult();
                }
            });
        }

        private void Send(InFlight batch)
        {
            try
            {
                batch.Produce(_producer!);
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                _blocked = batch;
                ScheduleOnce(nameof(_blocked), _stage._options.QueueFullRetry);
            }
            catch (ProduceException<byte[]?, byte[]?> e)
            {
                FailStage(new DeliveryException(e.DeliveryResult.Topic, e.Error));
            }
        }

        private void EmitAcknowledged()
        {
            if (IsAvailable(_stage._out) && _inFlight.TryPeek(out var oldest) && oldest.IsAcknowledged)
            {
                _inFlight.Dequeue();
                Push(_stage._out, oldest.Batch);
            }

            CompleteWhenEmpty();
            var room = _blocked is null && _inFlight.Count < _stage._options.MaxInFlightBatches;
            if (room && !HasBeenPulled(_stage._in) && !IsClosed(_stage._in))
            {
                Pull(_stage._in);
            }
        }

        private void CompleteWhenEmpty()
        {
            if (IsClosed(_stage._in) && _inFlight.Count == 0)
            {
                CompleteStage();
            }
        }

        // Retriable errors are the client's business; they end as a delivery report at message.timeout.ms.
        private void OnClientError(Error error)
        {
            if (error.IsFatal)
            {
                _failed(new DeliveryException("any topic", error));
            }
            else
            {
                LogMessages.Client(_stage._log, "producer", error.Reason);
            }
        }

        private sealed class InFlight
        {
            private readonly Logic _owner;
            private readonly Action<DeliveryReport<byte[]?, byte[]?>> _onDelivery;
            private int _next;
            private int _outstanding;

            public InFlight(T batch, Logic owner)
            {
                Batch = batch;
                _owner = owner;
                _outstanding = batch.Records.Count;
                _onDelivery = OnDelivery;
            }

            public T Batch { get; }

            public bool IsAcknowledged => Volatile.Read(ref _outstanding) == 0;

            /// <summary>Goes on where a full queue interrupted it.</summary>
            public void Produce(IProducer<byte[]?, byte[]?> producer)
            {
                for (; _next < Batch.Records.Count; _next++)
                {
                    var record = Batch.Records[_next];
                    var message = new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value };
                    producer.Produce(record.Topic, message, _onDelivery);
                }
            }

            // On the client's thread.
            private void OnDelivery(DeliveryReport<byte[]?, byte[]?> report)
            {
                if (report.Error.IsError)
                {
                    _owner._failed(new DeliveryException(report.Topic, report.Error));
                }
                else if (Interlocked.Decrement(ref _outstanding) == 0)
                {
                    _owner._acknowledged();
                }
            }
        }
    }
}
