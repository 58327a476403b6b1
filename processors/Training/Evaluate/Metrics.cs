namespace Syscribe.Training.Evaluate;

/// <summary>Measures of a detector over judged examples, positives and negatives together.</summary>
public static class Metrics
{
    /// <summary>Matthews' correlation at a threshold, -1 to 1; 0 where it is undefined.</summary>
    public static double Matthews(IReadOnlyCollection<Judged> judged, double threshold)
    {
        double tp = 0, tn = 0, fp = 0, fn = 0;
        foreach (var one in judged)
        {
            _ = (one.IsPositive, one.Alerts(threshold)) switch
            {
                (true, true) => tp++,
                (true, false) => fn++,
                (false, true) => fp++,
                _ => tn++,
            };
        }

        var root = Math.Sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
        return root == 0 ? 0 : ((tp * tn) - (fp * fn)) / root;
    }

    /// <summary>Precision and recall from the strictest threshold to the laxest; equal scores are one point.</summary>
    public static IReadOnlyList<(double Recall, double Precision)> Curve(IReadOnlyCollection<Judged> judged)
    {
        double positives = judged.Count(one => one.IsPositive), tp = 0, fp = 0;
        var points = new List<(double, double)>();
        foreach (var level in judged.GroupBy(one => one.Score).OrderByDescending(level => level.Key))
        {
            tp += level.Count(one => one.IsPositive);
            fp += level.Count(one => !one.IsPositive);
            points.Add((tp / positives, tp / (tp + fp)));
        }

        return points;
    }

    /// <summary>Area under the precision-recall curve, as average precision: each step of recall at its precision.</summary>
    public static double AveragePrecision(IReadOnlyCollection<Judged> judged)
    {
        double area = 0, before = 0;
        foreach (var (recall, precision) in Curve(judged))
        {
            area += (recall - before) * precision;
            before = recall;
        }

        return area;
    }

    /// <summary>The lowest threshold at which no more than <paramref name="rate"/> of the negatives score.</summary>
    public static double ThresholdAt(IEnumerable<Judged> negatives, double rate)
    {
        var scores = negatives.Select(one => one.Score).OrderDescending().ToArray();
        var allowed = (int)(rate * scores.Length);
        return allowed >= scores.Length ? 0 : Math.BitIncrement(scores[allowed]);
    }

    /// <summary>
    /// Expected calibration error over ten bins of the score: how far the mean score of a bin lies from the share of
    /// positives in it, weighted by the bins' sizes.
    /// </summary>
    public static double CalibrationError(IReadOnlyCollection<Judged> judged) => judged
        .GroupBy(one => Math.Min(9, (int)(one.Score * 10)))
        .Sum(bin => Math.Abs(bin.Average(one => one.Score) - bin.Average(one => one.IsPositive ? 1.0 : 0)) * bin.Count() / judged.Count);
}
