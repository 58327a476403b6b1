using System.Globalization;
using Syscribe.Local.Model;

namespace Syscribe.Local.View;

/// <summary>One line for each alert, and one about the run every ten seconds: for files, pipes and small terminals.</summary>
public sealed class PlainView(TextWriter output) : IRunView
{
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private TimeSpan _nextStatus = StatusEvery;

    /// <inheritdoc />
    public void Note(string text) => Write(text);

    /// <inheritdoc />
    public void Alert(AlertLine alert) => Write(alert.ToString());

    /// <inheritdoc />
    public void Show(Snapshot snapshot)
    {
        if (snapshot.Elapsed < _nextStatus)
        {
            return;
        }

        _nextStatus = snapshot.Elapsed + StatusEvery;
        Write(Describe(snapshot));
        if (snapshot.Inference is { } inference)
        {
            Write(Describe(inference, snapshot.TokensPerSecond));
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            Write(line);
        }
    }

    /// <summary>The state in one line.</summary>
    public static string Describe(Snapshot snapshot)
    {
        var drops = string.Join(", ", snapshot.Dropped.Where(d => d.Value > 0).Select(d => $"{d.Key} {d.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{snapshot.Elapsed:hh\\:mm\\:ss}  {snapshot.EventsPerSecond:N0} events/s  captured {snapshot.Captured:N0}  published {snapshot.Published:N0}  consumed {snapshot.Consumed:N0}  dropped {(drops.Length == 0 ? "0" : drops)}  alerts {snapshot.Alerts:N0}  scenarios {snapshot.ScenariosPlayed}/{snapshot.ScenariosTotal}  {snapshot.ResidentBytes >> 20} MiB");
    }

    /// <summary>What the model does, in one line.</summary>
    public static string Describe(InferenceReport model, (double Prefill, double Decode) tokensPerSecond)
    {
        var selected = string.Join(" + ", model.Selected.Where(s => s.Value > 0).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Value:N0} {s.Key}")).DefaultIfEmpty("0"));
        var latency = model.LatencyMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"  latency p50 {ms.P50:N0} ms p99 {ms.P99:N0} ms") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  model  suspects {selected}  queue {model.NotJudged:N0}  batch {model.Running}  {tokensPerSecond.Prefill:N0} prefill/s  {tokensPerSecond.Decode:N0} decode/s  from cache {model.FromCache:N0}  left out {model.LeftRepeated + model.LeftBusy:N0}  an inference for {model.ReductionRatio:P2} of the events  alerts {model.Alerts:N0}{latency}");
    }

    /// <inheritdoc />
    public void Dispose() => output.Flush();

    private void Write(string line)
    {
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
