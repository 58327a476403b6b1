using Syscribe.Scenarios;

namespace Syscribe.Local;

/// <summary>Plays the default rules' scenarios once, one after the other, beside the run.</summary>
internal sealed class ScenarioPlay : IPlay
{
    private readonly List<ScenarioResult> _results = [];
    private readonly Lock _lock = new();

    /// <summary>Scenarios there are.</summary>
    public int Total { get; } = ScenarioCatalog.OfDefaultRules.Count;

    /// <summary>Scenarios done, skipped ones included.</summary>
    public int Played
    {
        get
        {
            lock (_lock)
            {
                return _results.Count;
            }
        }
    }

    /// <summary>Plays them all; ends early, without an exception, when <paramref name="stop"/> says so.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var runner = new ScenarioRunner();
        foreach (var scenario in ScenarioCatalog.OfDefaultRules)
        {
            try
            {
                var result = await runner.RunAsync(scenario, stop);
                lock (_lock)
                {
                    _results.Add(result);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>What became of each, by the alerts that came.</summary>
    public IReadOnlyList<ScenarioReport> Judge(AlertFeed alerts)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        lock (_lock)
        {
            var played = _results.ToDictionary(result => result.Name);
            return [.. ScenarioCatalog.OfDefaultRules.Select(scenario => Judge(scenario, played.GetValueOrDefault(scenario.Name), alerts))];
        }
    }

    private static ScenarioReport Judge(Scenario scenario, ScenarioResult? result, AlertFeed alerts) => result?.Outcome switch
    {
        null => new(scenario.Name, scenario.Rule, false, "the run ended before its turn"),
        ScenarioOutcome.Skipped => new(scenario.Name, scenario.Rule, false, result.Reason),
        ScenarioOutcome.Failed when !alerts.Raised(scenario.Rule, result.StartedNs, result.EndedNs) =>
            new(scenario.Name, scenario.Rule, false, "failed: " + result.Reason),
        _ => new(scenario.Name, scenario.Rule, alerts.Raised(scenario.Rule, result.StartedNs, result.EndedNs), null),
    };
}
