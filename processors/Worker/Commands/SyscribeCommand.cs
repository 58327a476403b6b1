using System.CommandLine;
using System.CommandLine.Help;

namespace Syscribe.Worker.Commands;

/// <summary>The command line of <c>syscribe</c>.</summary>
internal static class SyscribeCommand
{
    /// <summary>Parses and runs; gives one of <see cref="ExitCodes"/>.</summary>
    /// <param name="args">Arguments without the program's name.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Errors and log.</param>
    /// <param name="stop">Ends a running worker, as Ctrl-C and SIGTERM do.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync($"syscribe: {problem.Message}");
            }

            await error.WriteLineAsync("Try: syscribe --help");
            return ExitCodes.Usage;
        }

        // The worker ends by itself on Ctrl-C and SIGTERM, in the time that it needs to commit.
        var invocation = new InvocationConfiguration
        {
            Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, stop);
        }
        catch (UserErrorException e)
        {
            await error.WriteLineAsync($"syscribe: {e.Message}");
            return ExitCodes.Usage;
        }
    }

    private static Command Root() => new(
        "syscribe",
        """
        Syscribe judges the system calls of a cluster: events from Kafka in, alerts out.

        Exit codes: 0 done or stopped; 1 the answer is no (rules with errors, a failed rule test); 2 wrong command line or setting.
        """)
    {
        new Command("worker", "Run a part of the pipeline until Ctrl-C or SIGTERM.") { RulesWorkerCommand.Create(), InferenceWorkerCommand.Create() },
        RulesCommand.Create(),
        AlertsCommand.Create(),
        InferCommand.Create(),
        new Command("bench", "Measure a part of Syscribe on this machine.") { InferenceBenchCommand.Create() },
        new HelpOption(),
        new VersionOption(),
    };
}
