using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Syscribe.Pipeline.Tests.Support;

/// <summary>The upstream end of a stream under test: sends when there is demand, and sees how the stream treats it.</summary>
internal sealed class UpstreamProbe<T>
{
    private readonly SemaphoreSlim _demand = new(0);
    private readonly TaskCompletionSource<Exception?> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<T>? _push;
    private Action<Exception?>? _end;

    /// <summary>Completes when the stream cancels.</summary>
    public Task<Exception?> Cancelled => _cancelled.Task;

    /// <summary>How many elements the stream has asked for and not got.</summary>
    public int Demand => _demand.CurrentCount;

    public async Task Send(T element)
    {
        Assert.True(await _demand.WaitAsync(TimeSpan.FromSeconds(30)), "no demand within 30 s");
        _push!(element);
    }

    public void Complete() => _end!(null);

    public void Fail(Exception failure) => _end!(failure);

    internal sealed class Stage : GraphStageWithMaterializedValue<SourceShape<T>, UpstreamProbe<T>>
    {
        private readonly Outlet<T> _out = new("UpstreamProbe.out");

        public Stage() => Shape = new SourceShape<T>(_out);

        public override SourceShape<T> Shape { get; }

        public override ILogicAndMaterializedValue<UpstreamProbe<T>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
        {
            var logic = new Logic(this);
            return new LogicAndMaterializedValue<UpstreamProbe<T>>(logic, logic.Probe);
        }

        private sealed class Logic : OutGraphStageLogic
        {
            private readonly Stage _stage;

            public Logic(Stage stage)
                : base(stage.Shape)
            {
                _stage = stage;
                SetHandler(stage._out, this);
                Probe._push = GetAsyncCallback<T>(element => Push(stage._out, element));
                Probe._end = GetAsyncCallback<Exception?>(failure => End(failure));
            }

            public UpstreamProbe<T> Probe { get; } = new();

            public override void PreStart() => SetKeepGoing(true);

            public override void OnPull() => Probe._demand.Release();

            public override void OnDownstreamFinish(Exception cause)
            {
                Probe._cancelled.TrySetResult(cause);
                CompleteStage();
            }

            private void End(Exception? failure)
            {
                if (failure is null)
                {
                    Complete(_stage._out);
                }
                else
                {
                    Fail(_stage._out, failure);
                }

                CompleteStage();
            }
        }
    }
}

/// <summary>The downstream end of a stream under test: pulls when the test says so, and keeps what came.</summary>
internal sealed class DownstreamProbe<T>
{
    // Bounded by the pulls of the test.
    private readonly Channel<T> _received = Channel.CreateBounded<T>(1_000_000);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _pull;
    private Action? _cancel;

    /// <summary>Completes when the stream completes; fails with its failure.</summary>
    public Task Ended => _ended.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public bool HasEnded => _ended.Task.IsCompleted;

    public int Waiting => _received.Reader.Count;

    public void Pull() => _pull!();

    public async Task<T> Next()
    {
        Pull();
        return await Received();
    }

    public async Task<T> Received()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _received.Reader.ReadAsync(deadline.Token);
    }

    public void Cancel() => _cancel!();

    internal sealed class Stage : GraphStageWithMaterializedValue<SinkShape<T>, DownstreamProbe<T>>
    {
        private readonly Inlet<T> _in = new("DownstreamProbe.in");

        public Stage() => Shape = new SinkShape<T>(_in);

        public override SinkShape<T> Shape { get; }

        public override ILogicAndMaterializedValue<DownstreamProbe<T>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
        {
            var logic = new Logic(this);
            return new LogicAndMaterializedValue<DownstreamProbe<T>>(logic, logic.Probe);
        }

        private sealed class Logic : InGraphStageLogic
        {
            private readonly Stage _stage;

            public Logic(Stage stage)
                : base(stage.Shape)
            {
                _stage = stage;
                SetHandler(stage._in, this);
                Probe._pull = GetAsyncCallback(() => TryPull(stage._in));
                Probe._cancel = GetAsyncCallback(() => Cancel(stage._in));
            }

            public DownstreamProbe<T> Probe { get; } = new();

            public override void OnPush() => Assert.True(Probe._received.Writer.TryWrite(Grab(_stage._in)));

            public override void OnUpstreamFinish()
            {
                Probe._ended.TrySetResult();
                CompleteStage();
            }

            public override void OnUpstreamFailure(Exception e)
            {
                Probe._ended.TrySetException(e);
                CompleteStage();
            }
        }
    }
}
