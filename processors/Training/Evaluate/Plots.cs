using System.Text.Json;
using ScottPlot;

namespace Syscribe.Training.Evaluate;

/// <summary>The results as pictures.</summary>
public static class Plots
{
    private const int Width = 760, Height = 460;

    /// <summary>Precision against recall, one line for each condition, all runs together.</summary>
    public static void PrecisionRecall(IReadOnlyList<Evaluation> models, string file)
    {
        ArgumentNullException.ThrowIfNull(models);
        using var plot = New("Precision and recall", "recall", "precision");
        foreach (var condition in Evaluation.Conditions.Keys)
        {
            var judged = models.SelectMany(model => model.Under(condition)).ToArray();
            if (judged.Length > 0)
            {
                var curve = Metrics.Curve(judged);
                var line = plot.Add.ScatterLine(curve.Select(point => point.Recall).ToArray(), curve.Select(point => point.Precision).ToArray());
                line.LegendText = condition;
                line.LineWidth = 2;
            }
        }

        plot.Axes.SetLimits(0.8, 1.005, 0.8, 1.005);
        plot.ShowLegend(Alignment.LowerLeft);
        plot.SavePng(file, Width, Height);
    }

    /// <summary>Recall of each unseen call with its interval, all runs together.</summary>
    public static void RecallByCall(IReadOnlyList<Evaluation> models, double threshold, string file)
    {
        ArgumentNullException.ThrowIfNull(models);
        var calls = EvaluationTable.Pooled(models, "unseen").RecallBy(one => one.Example.Call, threshold);
        using var plot = New("Recall by system call that training never saw", "recall", "");
        foreach (var (call, i) in calls.Select((call, i) => (call, i)))
        {
            var line = plot.Add.Line(call.Recall.Low, i, call.Recall.High, i);
            line.LineWidth = 2;
            line.Color = Colors.Gray;
            plot.Add.Marker(call.Recall.Value, i, size: 8, color: Colors.Navy);
        }

        plot.Axes.Left.SetTicks([.. calls.Select((_, i) => (double)i)], [.. calls.Select(call => call.Key)]);
        plot.Axes.SetLimits(Math.Min(0.9, calls.Select(call => call.Recall.Low).DefaultIfEmpty(0).Min()) - 0.01, 1.005, -1, calls.Count);
        plot.SavePng(file, Width, Math.Max(Height, 26 * calls.Count));
    }

    /// <summary>Training loss against tokens, from a trainer's curve file of JSON lines (<c>tokens</c>, <c>loss</c>).</summary>
    public static void TrainingCurve(IReadOnlyList<string> curves, string file)
    {
        ArgumentNullException.ThrowIfNull(curves);
        using var plot = New("Training loss", "million tokens", "loss");
        foreach (var (curve, i) in curves.Select((curve, i) => (curve, i)))
        {
            var points = File.ReadLines(curve).Select(line => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(line)!).ToArray();
            var line = plot.Add.ScatterLine(
                points.Select(point => point["tokens"].GetDouble() / 1e6).ToArray(), points.Select(point => point["loss"].GetDouble()).ToArray());
            line.LegendText = $"run {i + 1}";
        }

        plot.ShowLegend(Alignment.UpperRight);
        plot.SavePng(file, Width, Height);
    }

    private static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title);
        plot.XLabel(x);
        plot.YLabel(y);
        return plot;
    }
}
