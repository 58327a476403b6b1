using System.Runtime.InteropServices;

namespace Syscribe.Worker.Commands;

/// <summary>Waits for Ctrl-C, SIGTERM or a token.</summary>
internal static class StopSignal
{
    public static async Task WaitAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        await using var cancelled = stop.Register(() => stopped.TrySetResult());
        await stopped.Task;

        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }
    }
}
