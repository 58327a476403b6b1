using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Implementation;

namespace Syscribe.Pipeline.Tests.Support;

/// <summary>An actor system of a test class, and how to see that no stream is left in it.</summary>
public sealed class Streams : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create(
        "tests", "akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");

    public Streams() => Materializer = _system.Materializer();

    public ActorMaterializer Materializer { get; }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await NoneRunning();
        }
        finally
        {
            await _system.Terminate();
        }
    }

    /// <summary>Waits until all streams of this system have ended.</summary>
    public Task NoneRunning() => Eventually.Holds(async () =>
    {
        var children = await Materializer.Supervisor.Ask<StreamSupervisor.Children>(
            StreamSupervisor.GetChildren.Instance, TimeSpan.FromSeconds(10));
        return children.Refs.Count == 0;
    }, "no stream is running");
}
