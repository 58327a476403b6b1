using System.Globalization;
using System.Text;

namespace Syscribe.Training.Evaluate;

/// <summary>The results as Markdown.</summary>
public static class EvaluationTable
{
    private const int WorstRules = 10;

    /// <summary>Tables: each test set by run; measures by condition; detectors side by side; the worst calls and rules.</summary>
    /// <param name="models">The model, one entry for each seed.</param>
    /// <param name="baselines">The baselines, on the first seed's test sets.</param>
    /// <param name="threshold">Threshold of the alerts counted.</param>
    public static string Render(IReadOnlyList<Evaluation> models, IReadOnlyList<Evaluation> baselines, double threshold)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(baselines);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Threshold {threshold:0.####}. In brackets: 95 % interval (Wilson).\n\n");
        TestSets(text, models, threshold);
        Conditions(text, models, threshold);
        Detectors(text, [models[0], .. baselines], threshold);
        foreach (var set in (string[])["unseen", "family"])
        {
            var cell = Pooled(models, set);
            Worst(text, $"{set}, by call (all runs)", cell.RecallBy(one => one.Example.Call, threshold));
            Worst(text, $"{set}, by rule, the worst {WorstRules} (all runs)", cell.RecallBy(one => one.Example.Rule, threshold).Take(WorstRules));
        }

        return text.ToString();
    }

    private static void TestSets(StringBuilder text, IReadOnlyList<Evaluation> models, double threshold)
    {
        Row(text, ["test set", "measure", .. models.Select((_, i) => $"run {i + 1}"), "all"], isHead: true);
        foreach (var name in models[0].Cells.Select(cell => cell.Name))
        {
            var cells = models.Select(model => model.Cells.FirstOrDefault(cell => cell.Name == name) ?? new Cell(name, [])).ToArray();
            Measure(text, name, "recall", cells, cell => cell.Recall(threshold));
            Measure(text, name, "right rule", cells, cell => cell.RightRule(threshold));
            Measure(text, name, "false positives", cells, cell => cell.FalsePositives(threshold));
        }

        text.Append('\n');
    }

    private static void Measure(StringBuilder text, string name, string measure, Cell[] cells, Func<Cell, Proportion> of)
    {
        var values = cells.Select(of).ToArray();
        if (values.Any(value => value.Of > 0))
        {
            Row(text, [name, measure, .. values.Select(value => Percent(value.Value)), values.Aggregate((a, b) => a + b).ToString()]);
        }
    }

    private static void Conditions(StringBuilder text, IReadOnlyList<Evaluation> models, double threshold)
    {
        Row(text, ["condition", "run", "recall at 0.1 % false positives", "area under precision-recall", "Matthews", "calibration error"], isHead: true);
        foreach (var condition in Evaluation.Conditions.Keys)
        {
            foreach (var (model, i) in models.Select((model, i) => (model, i)))
            {
                if (model.Under(condition) is { Count: > 0 } judged)
                {
                    Row(text, [condition, Number(i + 1, "0"), model.RecallAt(condition, 0.001).ToString(), Number(Metrics.AveragePrecision(judged)),
                        Number(Metrics.Matthews(judged, threshold)), Number(Metrics.CalibrationError(judged))]);
                }
            }
        }

        text.Append('\n');
    }

    private static void Detectors(StringBuilder text, IReadOnlyList<Evaluation> detectors, double threshold)
    {
        Row(text, ["test set (run 1)", "measure", .. detectors.Select((detector, i) => i == 0 ? "model" : detector.Detector)], isHead: true);
        foreach (var cell in detectors[0].Cells)
        {
            var cells = detectors.Select(detector => detector.Cells.Single(one => one.Name == cell.Name)).ToArray();
            Side(text, cell.Name, "recall", cells, one => one.Recall(threshold));
            Side(text, cell.Name, "false positives", cells, one => one.FalsePositives(threshold));
        }

        text.Append('\n');
    }

    private static void Side(StringBuilder text, string name, string measure, Cell[] cells, Func<Cell, Proportion> of)
    {
        if (of(cells[0]).Of > 0)
        {
            Row(text, [name, measure, .. cells.Select(cell => Percent(of(cell).Value))]);
        }
    }

    private static void Worst(StringBuilder text, string head, IEnumerable<(string Name, Proportion Recall)> worstFirst)
    {
        var rows = worstFirst.ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        Row(text, [head, "recall"], isHead: true);
        foreach (var (name, recall) in rows)
        {
            Row(text, [name, recall.ToString()]);
        }

        text.Append('\n');
    }

    /// <summary>One test set of all runs together.</summary>
    public static Cell Pooled(IReadOnlyList<Evaluation> models, string name) =>
        new(name, [.. models.SelectMany(model => model.Cells).Where(cell => cell.Name == name).SelectMany(cell => cell.Judged)]);

    private static string Percent(double share) => double.IsNaN(share) ? "-" : Number(100 * share, "0.00") + " %";

    private static string Number(double value, string format = "0.0000") => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, IReadOnlyList<string> cells, bool isHead = false)
    {
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        if (isHead)
        {
            text.Append('|').Insert(text.Length, "---|", cells.Count).Append('\n');
        }
    }
}
