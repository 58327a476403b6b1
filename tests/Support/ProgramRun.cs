using System.Diagnostics;

namespace Syscribe.Testing;

/// <summary>Programs that run and end.</summary>
public static class ProgramRun
{
    /// <summary>Runs a program to its end and gives what it wrote to standard output.</summary>
    /// <exception cref="InvalidOperationException">It did not end with 0; the message has what it wrote.</exception>
    /// <exception cref="TimeoutException">It did not end in time, and was ended.</exception>
    public static async Task<string> OutputAsync(string program, IEnumerable<string> arguments, TimeSpan within)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {within.TotalSeconds} s: {await errors}");
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{await output}");
    }
}
