using System.Diagnostics;
using System.Text.Json;
using Syscribe.Scenarios.Staging;

namespace Syscribe.Scenarios;

/// <summary>
/// Plays scenarios, each in a child process of this program (<c>syscribe-scenarios play NAME DIRECTORY</c>), so that the
/// process tree is a real one, and removes whatever a scenario left, also where it failed or was stopped.
/// </summary>
/// <param name="limit">Longest time for one scenario; default 20 seconds. What runs longer is killed and has failed.</param>
/// <param name="clock">Source of the results' times; default the system's.</param>
public sealed class ScenarioRunner(TimeSpan? limit = null, TimeProvider? clock = null)
{
    private readonly TimeSpan _limit = limit ?? TimeSpan.FromSeconds(20);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Plays one scenario. Never throws for what the scenario does: the result says it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the scenario is stopped and cleaned up.</exception>
    public async Task<ScenarioResult> RunAsync(Scenario scenario, CancellationToken cancellation)
    {
        var started = NowNs();
        ScenarioResult Result(ScenarioOutcome outcome, string? reason, IReadOnlyList<int> pids) =>
            new(scenario.Name, scenario.Rule, outcome, reason, started, NowNs(), pids);

        if (Prerequisites.Missing(scenario) is { } missing)
            return Result(ScenarioOutcome.Skipped, missing, []);
        Stage.RemoveStale();
        var stage = Stage.Create();
        try
        {
            var report = await PlayInChild(scenario, stage, cancellation);
            stage.Remove();
            return Result(report.Failure is null ? ScenarioOutcome.Played : ScenarioOutcome.Failed, report.Failure, report.Pids);
        }
        finally
        {
            stage.Remove();
        }
    }

    private async Task<PlayReport> PlayInChild(Scenario scenario, Stage stage, CancellationToken cancellation)
    {
        using var child = Process.Start(Command(scenario, stage))!;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(_limit);
        try
        {
            var output = child.StandardOutput.ReadToEndAsync(limited.Token);
            var errors = child.StandardError.ReadToEndAsync(limited.Token);
            await child.WaitForExitAsync(limited.Token);
            var text = await output;
            return child.ExitCode == 0
                ? JsonSerializer.Deserialize<PlayReport>(text)!
                : new PlayReport($"the player ended with {child.ExitCode}: {(await errors).Trim()}", [child.Id]);
        }
        catch (OperationCanceledException)
        {
            if (stage.UsesRuntime)
                await Stop(child);
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return new PlayReport($"took longer than {_limit.TotalSeconds:0} s and was killed", [child.Id]);
        }
    }

    // Lets the call that is under way in the runtime end.
    private static async Task Stop(Process child)
    {
        _ = NativeMethods.Kill(child.Id, NativeMethods.TerminateSignal);
        using var patience = new CancellationTokenSource(RuntimeContainer.AnswerWithin);
        await child.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The program beside this assembly: its own host where there is one, else the dotnet host.
    private static ProcessStartInfo Command(Scenario scenario, Stage stage)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Syscribe.Scenarios");
        string[] arguments = ["play", scenario.Name, stage.Directory];
        return new ProcessStartInfo(
            File.Exists(program) ? program : "dotnet",
            File.Exists(program) ? arguments : [program + ".dll", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // No pipes for debuggers in /tmp, and no second compilation of what runs once.
            Environment = { ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_TieredPGO"] = "0" },
        };
    }

    private long NowNs() => (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}

/// <summary>What the child says of its playing, as one line of JSON.</summary>
internal sealed record PlayReport(string? Failure, IReadOnlyList<int> Pids);
