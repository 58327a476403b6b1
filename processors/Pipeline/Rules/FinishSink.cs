using Akka.Streams;
using Akka.Streams.Stage;

namespace Syscribe.Pipeline.Rules;

/// <summary>
/// The end of a pipeline: does something with each element. Never backpressures but by the time that takes; what it throws
/// fails the stream. Holds nothing. The materialised task ends with the stream on every path, which that of
/// <c>Sink.ForEach</c> does not when the actor system is terminated.
/// </summary>
internal sealed class FinishSink<T> : GraphStageWithMaterializedValue<SinkShape<T>, Task>
{
    private readonly Action<T> _finish;
    private readonly Inlet<T> _in = new("FinishSink.in");

    /// <param name="finish">Called with each element, in order, on the stream's thread.</param>
    public FinishSink(Action<T> finish)
    {
        _finish = finish;
        Shape = new SinkShape<T>(_in);
    }

    /// <inheritdoc />
    public override SinkShape<T> Shape { get; }

    /// <inheritdoc />
    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("FinishSink");

    /// <inheritdoc />
    public override ILogicAndMaterializedValue<Task> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var logic = new Logic(this);
        return new LogicAndMaterializedValue<Task>(logic, logic.Ended);
    }

    private sealed class Logic : InGraphStageLogic
    {
        private readonly FinishSink<T> _stage;
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Logic(FinishSink<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage._in, this);
        }

        public Task Ended => _ended.Task;

        public override void PreStart() => Pull(_stage._in);

        public override void OnPush()
        {
            try
            {
                _stage._finish(Grab(_stage._in));
                Pull(_stage._in);
            }
            catch (Exception e)
            {
                _ended.TrySetException(e);
                throw;
            }
        }

        public override void OnUpstreamFinish()
        {
            _ended.TrySetResult();
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _ended.TrySetException(e);
            FailStage(e);
        }

        public override void PostStop() => _ended.TrySetException(new InvalidOperationException("the stream was ended from outside"));
    }
}
