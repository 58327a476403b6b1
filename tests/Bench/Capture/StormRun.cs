using System.Diagnostics;

namespace Syscribe.Bench.Capture;

/// <summary>A program that makes system calls, while it runs.</summary>
internal sealed class StormRun : IDisposable
{
    private readonly Process _process;
    private volatile bool _ended;

    public StormRun(string[] command)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false },
            EnableRaisingEvents = true,
        };
        _process.Exited += (_, _) => _ended = true;
        _process.Start();
    }

    /// <summary>Whether it is over; asking makes no system call.</summary>
    public bool HasEnded => _ended;

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
