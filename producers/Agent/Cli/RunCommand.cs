using Syscribe.Agent.Privileges;

namespace Syscribe.Agent.Cli;

/// <summary>Whether a command gives up the capabilities that capture does not need.</summary>
internal enum Privilege
{
    /// <summary>It does, before anything else.</summary>
    Drop,

    /// <summary>It needs none and touches none.</summary>
    Keep,
}

/// <summary><c>run</c> and <c>replay</c>: an <see cref="AgentHost"/> until it ends or a signal comes.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(AgentOptions options, Privilege privilege, CancellationToken cancellationToken)
    {
        // What is wrong with the options is said before the process is replaced.
        var host = new AgentHost(options);
        if (privilege == Privilege.Drop)
        {
            LeastPrivileges.Enforce();
        }

        using var signals = new StopSignals(cancellationToken);
        await using (host)
        {
            await host.StartAsync(signals.Token);
            options.Say(options.Replay is { } replay
                ? $"replaying {replay.File} to {options.Bootstrap}."
                : $"capturing on {options.Node}, publishing to {options.Topic} at {options.Bootstrap}.");
            await Task.WhenAny(host.Completion, signals.Stopped);
            await host.StopAsync();
        }

        options.Say(Summary(host.Counters));
        return 0;
    }

    internal static string Summary(AgentCounters counters)
    {
        var causes = counters.Dropped.Where(static pair => pair.Value > 0).Select(static pair => $"{pair.Key} {pair.Value}").ToList();
        return $"captured {counters.Captured}, published {counters.Published}, dropped {counters.DroppedTotal}"
            + (causes.Count > 0 ? $" ({string.Join(", ", causes)})." : ".");
    }
}
