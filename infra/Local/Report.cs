using System.Text.Json;
using System.Text.Json.Serialization;
using Syscribe.Local.Compare;
using Syscribe.Local.Model;

namespace Syscribe.Local;

/// <summary>
/// The summary of a run, as <c>--report FILE</c> writes it: counts of events, alerts by detector and rule, latencies in
/// milliseconds from the kernel's timestamp to the alert read back from its topic, and what became of each scenario.
/// </summary>
public sealed record Report
{
    /// <summary>Events that the kernel side took in: published plus dropped.</summary>
    public required long Captured { get; init; }

    /// <summary>Events acknowledged by the broker.</summary>
    public required long Published { get; init; }

    /// <summary>Events that the rules pipeline has consumed.</summary>
    public required long Consumed { get; init; }

    /// <summary>Events lost, by cause; the causes are always all there.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Alerts: detector, then rule name, then count.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Alerts { get; init; }

    /// <summary>Of the rules' alerts. Null where there was no live alert to measure.</summary>
    public required LatencySummary? LatencyMs { get; init; }

    /// <summary>What the model did; null where the rules judged alone.</summary>
    public InferenceReport? Inference { get; init; }

    /// <summary>What <c>--compare</c> found; null where it was not asked for.</summary>
    public Comparison? Comparison { get; init; }

    /// <summary>Empty where none were played.</summary>
    public required IReadOnlyList<ScenarioReport> Scenarios { get; init; }

    /// <summary>Seconds from the program's start to the first alert; null for none.</summary>
    public required double? FirstAlertSeconds { get; init; }

    /// <summary>Peak resident memory of the process, bytes.</summary>
    public required long PeakResidentBytes { get; init; }

    /// <summary>Writes it as indented JSON.</summary>
    public void Write(FileInfo file)
    {
        using var stream = file.Create();
        JsonSerializer.Serialize(stream, this, ReportJson.Default.Report);
        stream.WriteByte((byte)'\n');
    }
}

/// <summary>Percentiles in milliseconds.</summary>
/// <param name="P50">Median.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Count">Alerts measured.</param>
public sealed record LatencySummary(double P50, double P99, int Count)
{
    /// <summary>Nearest-rank percentiles of <paramref name="samples"/>; null for none.</summary>
    public static LatencySummary? Of(IReadOnlyCollection<double> samples)
    {
        if (samples.Count == 0)
        {
            return null;
        }

        var sorted = samples.Order().ToArray();
        return new LatencySummary(Rank(sorted, 0.50), Rank(sorted, 0.99), sorted.Length);
    }

    private static double Rank(double[] sorted, double ratio) =>
        Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(ratio * sorted.Length) - 1)], 3);
}

/// <summary>What became of one scenario.</summary>
/// <param name="Name">Scenario.</param>
/// <param name="Rule">The rule it should raise; null for benign work, which should raise none.</param>
/// <param name="Raised">Whether an alert of that rule came in its time; for benign work, whether any came, be it another program's.</param>
/// <param name="Skipped">Why it was not played; null if it was.</param>
public sealed record ScenarioReport(string Name, string? Rule, bool Raised, string? Skipped)
{
    /// <summary>
    /// Whether it raised its rule, or could not be played. Alerts while benign work is played do not count: on a machine in
    /// use they may be others' doing. (Tests judge benign work by whose events they are.)
    /// </summary>
    [JsonIgnore]
    public bool AsExpected => Skipped is not null || Rule is null || Raised;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
