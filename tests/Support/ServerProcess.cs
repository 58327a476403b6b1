using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Syscribe.Testing;

/// <summary>A server that a test started: its last lines of output, and its end by SIGTERM, then SIGKILL.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int KeptLines = 60;

    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Queue<string> _output = new();

    private ServerProcess(Process process) => _process = process;

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Its last lines, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>Starts a program.</summary>
    public static ServerProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var server = new ServerProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Keep(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Keep(line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Returns when the condition holds; fails with the output when the process ends before or the time is over.</summary>
    public async Task UntilAsync(Func<Task<bool>> ready, TimeSpan within, string what)
    {
        try
        {
            await Wait.UntilAsync(async () => _process.HasExited || await ready(), within, what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{Output}", e);
        }

        if (_process.HasExited)
            throw new InvalidOperationException($"{what}: the process ended with {_process.ExitCode}\n{Output}");
    }

    /// <summary>Returns when it ended by itself with 0; fails with its output otherwise.</summary>
    public async Task EndAsync(string what, TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw new TimeoutException($"{what}: not done within {within.TotalSeconds} s\n{Output}");
        }

        if (_process.ExitCode != 0)
            throw new InvalidOperationException($"{what}: ended with {_process.ExitCode}\n{Output}");
    }

    /// <summary>Ends it without leave, as a crash does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, and ends it when it does not within 15 s.</summary>
    public async Task StopAsync()
    {
        if (_process.HasExited)
            return;

        _ = Kill(_process.Id, Sigterm);
        using var deadline = new CancellationTokenSource(EndWithin);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private void Keep(string? line)
    {
        if (line is null)
            return;

        lock (_output)
        {
            if (_output.Count == KeptLines)
                _output.Dequeue();

            _output.Enqueue(line);
        }
    }
}
