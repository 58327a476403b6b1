namespace Syscribe.Training.Evaluate;

/// <summary>One test set as one detector judged it.</summary>
/// <param name="Name">Name of the test set: <c>seen</c>, <c>unseen</c>, <c>near-miss</c> ...</param>
/// <param name="Judged">Its examples.</param>
public sealed record Cell(string Name, IReadOnlyList<Judged> Judged)
{
    /// <summary>Positives that alert, whatever the alert says.</summary>
    public Proportion Recall(double threshold) => Share(one => one.IsPositive, one => one.Alerts(threshold));

    /// <summary>Detected positives whose alert is the labelled one.</summary>
    public Proportion RightRule(double threshold) => Share(one => one.IsPositive && one.Alerts(threshold), one => one.IsRight(threshold));

    /// <summary>Negatives that alert.</summary>
    public Proportion FalsePositives(double threshold) => Share(one => !one.IsPositive, one => one.Alerts(threshold));

    /// <summary>Recall for each value of a key of the positives, as their call or rule, the worst first.</summary>
    public IReadOnlyList<(string Key, Proportion Recall)> RecallBy(Func<Judged, string> key, double threshold) =>
    [
        .. Judged.Where(one => one.IsPositive).GroupBy(key)
            .Select(group => (group.Key, new Proportion(group.Count(one => one.Alerts(threshold)), group.Count())))
            .OrderBy(pair => pair.Item2.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal),
    ];

    private Proportion Share(Func<Judged, bool> among, Func<Judged, bool> hits)
    {
        var of = Judged.Where(among).ToArray();
        return new Proportion(of.Count(hits), of.Length);
    }
}
