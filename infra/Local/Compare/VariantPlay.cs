using System.Diagnostics;
using Syscribe.Events;
using Syscribe.Scenarios;

namespace Syscribe.Local.Compare;

/// <summary>What became of one variant, or of an invented call.</summary>
/// <param name="Variant">The variant; of an invented call the one that it imitates.</param>
/// <param name="Call">The call's name.</param>
/// <param name="Result">How the playing ended; null for an invented call.</param>
/// <param name="Sightings">Its events; empty where none came.</param>
internal sealed record PlayedVariant(Variant Variant, string Call, ScenarioResult? Result, IReadOnlyList<Sighting> Sightings)
{
    /// <summary>Whether the call does not exist.</summary>
    public bool IsInvented => Result is null;
}

/// <summary>Plays all variants once, one after the other, then the invented calls, beside the run.</summary>
/// <param name="watch">Sees their events.</param>
/// <param name="invented">Publishes what cannot be played.</param>
/// <param name="modelWaits">Suspects that the model has yet to judge; 0 without a model.</param>
internal sealed class VariantPlay(VariantWatch watch, InventedCalls invented, Func<long> modelWaits) : IPlay
{
    // Other programs' new behaviour must not push a variant's out of the queue: what it would do in an hour is not asked here.
    private const long FewWaiting = 16;
    private static readonly TimeSpan PaceLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SightingLimit = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<Variant, ScenarioResult> _results = [];
    private readonly List<(Variant Variant, string Call, long Seq)> _invented = [];

    /// <inheritdoc />
    public int Total { get; } = VariantCatalog.All.Count;

    /// <inheritdoc />
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

    /// <summary>Records published besides the agent's.</summary>
    public long Published
    {
        get
        {
            lock (_lock)
            {
                return _invented.Count;
            }
        }
    }

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            var runner = new ScenarioRunner();
            foreach (var variant in VariantCatalog.All)
            {
                await PaceAsync(stop);
                var result = await runner.RunAsync(variant.Scenario, stop);
                lock (_lock)
                {
                    _results.Add(variant, result);
                }
            }

            await InventAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // The run is over; what was not played is said to be so.
        }
    }

    /// <summary>What became of each, by the events that came; variants whose turn did not come are not there.</summary>
    public IReadOnlyList<PlayedVariant> Results()
    {
        lock (_lock)
        {
            return
            [
                .. VariantCatalog.All.Where(_results.ContainsKey).Select(variant =>
                    new PlayedVariant(variant, variant.Call, _results[variant], SightingsOf(variant))),
                .. _invented.Select(call => new PlayedVariant(
                    call.Variant, call.Call, null, watch.Of(InventedCalls.Run, call.Seq) is { } sighting ? [sighting] : [])),
            ];
        }
    }

    // One of each trained call of an intent, on the host where it is played there.
    private async Task InventAsync(CancellationToken stop)
    {
        foreach (var variant in VariantCatalog.All.Where(variant => variant.IsTrained).DistinctBy(variant => (variant.Intent, variant.Call)))
        {
            var names = InventedCalls.Of(variant);
            if (names.Count == 0 || await SightAsync(variant, stop) is not { } seen)
            {
                continue;
            }

            foreach (var name in names)
            {
                await PaceAsync(stop);
                var seq = await invented.PublishAsync(seen, name);
                lock (_lock)
                {
                    _invented.Add((variant, name, seq));
                }
            }
        }
    }

    private async Task<SyscallEvent?> SightAsync(Variant variant, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        while (_results[variant].Outcome == ScenarioOutcome.Played && Stopwatch.GetElapsedTime(started) < SightingLimit)
        {
            if (SightingsOf(variant) is [var first, ..])
            {
                return first.Event;
            }

            await Task.Delay(50, stop);
        }

        return null;
    }

    private IReadOnlyList<Sighting> SightingsOf(Variant variant) =>
        watch.Of(variant, _results[variant].StartedNs, _results[variant].EndedNs);

    private async Task PaceAsync(CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        while (modelWaits() > FewWaiting && Stopwatch.GetElapsedTime(started) < PaceLimit)
        {
            await Task.Delay(20, stop);
        }

        stop.ThrowIfCancellationRequested();
    }
}
