using Syscribe.Agent.Privileges;
using Syscribe.Agent.Sources;
using Syscribe.Events;

namespace Syscribe.Agent.Cli;

/// <summary><c>record FILE</c>: live events into an Avro object container file.</summary>
internal static class RecordCommand
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    public static Task<int> RunAsync(
        AgentOptions options, string file, TimeSpan? time, long? count, CancellationToken cancellationToken)
    {
        if (options.ValidateCapture() is { Count: > 0 } errors)
        {
            throw new AgentException(string.Join(Environment.NewLine, errors));
        }

        if (count is <= 0)
        {
            throw new AgentException($"--count {count} is no number of events: 1 or more.");
        }

        LeastPrivileges.Enforce();
        using var signals = new StopSignals(cancellationToken);
        // The file comes last: where capture is refused, an older recording is not lost.
        using var source = LiveSource.Open(options);
        using var writer = Create(file);
        options.Say($"capturing on {options.Node}, writing to {file}.");
        try
        {
            Record(source, writer, time, count ?? long.MaxValue, signals.Token);
            writer.Flush();
        }
        catch (IOException refused)
        {
            throw new AgentException($"Write recording {file} failed after {writer.Count} events: {refused.Message}", refused);
        }

        options.Say($"recorded {writer.Count} events; dropped {source.Counters.Dropped.Values.Sum()}.");
        return Task.FromResult(0);
    }

    /// <summary>Writes until a bound is reached; what the kernel holds by then is written, too, up to the count.</summary>
    internal static void Record(
        IEventSource source, SyscallEventFileWriter writer, TimeSpan? time, long count, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stop = bound.Token.Register(source.Stop);
        if (time is { } duration)
        {
            bound.CancelAfter(duration);
        }

        while (source.Read(Wait, Write))
        {
        }

        void Write(SyscallEvent value)
        {
            if (writer.Count < count)
            {
                writer.Append(value);
            }

            if (writer.Count == count && !bound.IsCancellationRequested)
            {
                bound.Cancel();
            }
        }
    }

    private static SyscallEventFileWriter Create(string file)
    {
        try
        {
            return new SyscallEventFileWriter(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new AgentException($"Create recording {file} failed: {refused.Message}", refused);
        }
    }
}
