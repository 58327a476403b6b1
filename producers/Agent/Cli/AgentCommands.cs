using System.CommandLine;
using System.Globalization;

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
        Record(),
        Replay(),
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

    private static Command Record()
    {
        var command = new Command("record", "Write live system calls into an Avro object container file, until Ctrl-C or a bound is reached.");
        var file = new Argument<string>("FILE") { Description = "File to write; it is replaced." };
        var time = new Option<TimeSpan?>("--for")
        {
            Description = "Stop after this time, as 500ms, 30s, 5m or 1h.",
            HelpName = "TIME",
            CustomParser = Durations.Parse,
        };
        var count = new Option<long?>("--count") { Description = "Stop after this many events.", HelpName = "N" };
        var options = new CommonOptions();
        command.Add(file);
        command.Add(time);
        command.Add(count);
        options.AddCapturing(command);
        command.SetAction((given, cancellation) => RecordCommand.RunAsync(
            options.Read(given), given.GetRequiredValue(file), given.GetValue(time), given.GetValue(count), cancellation));
        return command;
    }

    private static Command Replay()
    {
        var command = new Command("replay", "Publish a recording: its events with their own node, times and numbers.");
        var file = new Argument<string>("FILE") { Description = "A recording." };
        var speed = new Option<double>("--speed")
        {
            Description = "1: as fast as it was recorded; 2: twice as fast; max: as fast as Kafka takes it.",
            HelpName = "FACTOR|max",
            DefaultValueFactory = static _ => double.PositiveInfinity,
            CustomParser = static result => result.Tokens[0].Value switch
            {
                "max" => double.PositiveInfinity,
                var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) => factor,
                _ => double.NaN,
            },
        };
        var loop = new Option<bool>("--loop") { Description = "Start over at the end, until Ctrl-C." };
        var options = new CommonOptions();
        command.Add(file);
        command.Add(speed);
        command.Add(loop);
        options.AddPublishing(command);
        command.SetAction((given, cancellation) =>
        {
            var replay = new ReplayOptions(given.GetRequiredValue(file)) { Speed = given.GetValue(speed), Loop = given.GetValue(loop) };
            return RunCommand.RunAsync(options.Read(given) with { Replay = replay }, Privilege.Keep, cancellation);
        });
        return command;
    }

    private static Command Syscalls()
    {
        var command = new Command("syscalls", "List the system calls that this kernel has: number, name and arguments, *text and @address read from memory.");
        command.SetAction(static _ => SyscallsCommand.Run(Console.Out));
        return command;
    }
}
