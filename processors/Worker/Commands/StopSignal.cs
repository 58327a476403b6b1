using System.Runtime.InteropServices;

namespace Syscribe.Worker.Commands;

/// <summary>Ctrl-C, SIGTERM or a token, from its creation on.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable[] _registrations;

    public StopSignal(CancellationToken stop) => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        stop.Register(() => _stopped.TrySetResult()),
    ];

    /// <summary>Completes when one of them came.</summary>
    public Task Stopped => _stopped.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _stopped.TrySetResult();
    }
}
