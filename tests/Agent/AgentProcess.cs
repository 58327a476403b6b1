using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Syscribe.Agent.Tests;

/// <summary>The executable, as a user starts it.</summary>
internal sealed partial class AgentProcess : IDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly Testing.Lines _lines = new();

    private AgentProcess(string[] arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "syscribe-agent"), arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public int Id => _process.Id;

    public string Output => _lines.ToString();

    public static AgentProcess Start(params string[] arguments) => new(arguments);

    public Task Said(string part) => Testing.Until(() => _lines.Have(part), $"the agent says \"{part}\"; it said: {_lines}");

    public async Task<int> Exit()
    {
        using var deadline = new CancellationTokenSource(Testing.Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public Task<int> Terminate()
    {
        Assert.Equal(0, Kill(_process.Id, Sigterm));
        return Exit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    private void Add(string? line)
    {
        if (line is not null)
        {
            _lines.Add(line);
        }
    }
}
