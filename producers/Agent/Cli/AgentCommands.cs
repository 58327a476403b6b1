using System.CommandLine;

namespace Syscribe.Agent.Cli;

/// <summary>The commands of <c>syscribe-agent</c>: what they are called and what they take.</summary>
internal static class AgentCommands
{
    /// <summary>Runs the command line. 0: done. 1: failed, said on standard error. 2: the command line is wrong.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        var parsed = Root().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"syscribe-agent: {error.Message}");
            }

            await Console.Error.WriteLineAsync("syscribe-agent: see --help.");
            return 2;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // The commands turn SIGINT and SIGTERM into an orderly stop themselves.
            });
        }
        catch (AgentException failure)
        {
            await Console.Error.WriteLineAsync($"syscribe-agent: {failure.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static RootCommand Root() => new("Captures a node's system calls with eBPF and publishes each as an Avro record to Kafka.")
    {
        Run(),
        Syscalls(),
    };

    private static Command Run()
    {
        var command = new Command("run", "Publish the live system calls of this node, until Ctrl-C or SIGTERM.");
        var options = new CommonOptions();
        options.AddPublishing(command);
        options.AddCapturing(command);
        command.SetAction((given, cancellation) => RunCommand.RunAsync(options.Read(given), Privilege.Drop, cancellation));
        return command;
    }

    private static Command Syscalls()
    {
        var command = new Command("syscalls", "List the system calls that this kernel has: number, name and arguments, *text and @address read from memory.");
        command.SetAction(static _ => SyscallsCommand.Run(Console.Out));
        return command;
    }
}
