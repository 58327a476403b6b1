namespace Syscribe.Training.Evaluate;

/// <summary>One detector over the test sets of one seed.</summary>
/// <param name="Detector">Its name: a model's file, or a baseline.</param>
/// <param name="Data">Folder of the data.</param>
/// <param name="Cells">The test sets, judged.</param>
public sealed record Evaluation(string Detector, string Data, IReadOnlyList<Cell> Cells)
{
    /// <summary>Test sets of events under calls that training saw, and of those under others; both with the benign events.</summary>
    public static IReadOnlyDictionary<string, string[]> Conditions { get; } = new Dictionary<string, string[]>
    {
        ["seen calls"] = ["seen", "near-miss", "benign"],
        ["unseen calls"] = ["unseen", "near-miss-unseen", "benign"],
        ["invented names"] = ["invented", "near-miss-unseen", "benign"],
    };

    /// <summary>Another detector over the same examples.</summary>
    public Evaluation With(string detector, Func<Judged, Judged> judge) =>
        new(detector, Data, [.. Cells.Select(cell => new Cell(cell.Name, [.. cell.Judged.Select(judge)]))]);

    /// <summary>The examples of a condition; empty where a set of it is missing.</summary>
    public IReadOnlyList<Judged> Under(string condition)
    {
        var wanted = Conditions[condition];
        return wanted.All(name => Cells.Any(cell => cell.Name == name && cell.Judged.Count > 0))
            ? [.. Cells.Where(cell => wanted.Contains(cell.Name)).SelectMany(cell => cell.Judged)]
            : [];
    }

    /// <summary>Recall of a condition's positives at the threshold that lets <paramref name="rate"/> of its negatives through.</summary>
    public Proportion RecallAt(string condition, double rate)
    {
        var judged = Under(condition);
        var threshold = Metrics.ThresholdAt(judged.Where(one => !one.IsPositive), rate);
        return new Proportion(judged.Count(one => one.IsPositive && one.Score >= threshold), judged.Count(one => one.IsPositive));
    }
}
