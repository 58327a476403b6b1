using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Syscribe.Training.Evaluate;

/// <summary>Everything that an evaluation found.</summary>
public sealed class Results
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Score from which an answer is an alert.</summary>
    public required double Threshold { get; init; }

    /// <summary>The model behind the check, as it ships, one entry for each run.</summary>
    public List<Evaluation> Models { get; } = [];

    /// <summary>The model without the check, one entry for each run.</summary>
    public List<Evaluation> Alone { get; } = [];

    /// <summary>The baselines on the first run's test sets.</summary>
    public List<Evaluation> Baselines { get; } = [];

    /// <summary>The recording of ordinary work, where one was given.</summary>
    public CaptureCheck? Capture { get; set; }

    /// <summary>As Markdown.</summary>
    public string ToText()
    {
        var text = new StringBuilder(EvaluationTable.Render(Models, Baselines, Threshold));
        if (Capture is { } capture)
        {
            text.Append(CultureInfo.InvariantCulture, $"Ordinary work, recorded: {capture.Events:#,0} events in {capture.Recorded.TotalSeconds:0} s; the funnel let ");
            text.Append(CultureInfo.InvariantCulture, $"{capture.Suspects:#,0} through, {capture.Behaviours:#,0} behaviours, of which the model alerts on {capture.FalseAlerts(Threshold)}.\n");
            foreach (var one in capture.Asked.Where(one => one.Alerts(Threshold)).OrderByDescending(one => one.Score).Take(20))
            {
                text.Append(CultureInfo.InvariantCulture, $"- {one.Score:0.000} answer {one.Answer}: {one.Example.Text}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>As JSON: every measure of every run, without the single examples.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            threshold = Threshold,
            runs = Models.Select(Of),
            baselines = Baselines.Select(Of),
            capture = Capture is { } c
                ? new { events = c.Events, seconds = c.Recorded.TotalSeconds, suspects = c.Suspects, behaviours = c.Behaviours, falseAlerts = c.FalseAlerts(Threshold) }
                : null,
        },
        Indented);

    /// <summary>Writes results.md, results.json and the plots.</summary>
    public void Write(string folder, IReadOnlyList<string> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.md"), ToText());
        File.WriteAllText(Path.Combine(folder, "results.json"), ToJson());
        Plots.PrecisionRecall(Models, Path.Combine(folder, "precision-recall.png"));
        Plots.RecallByCall(Models, Threshold, Path.Combine(folder, "recall-by-call.png"));
        var curves = models.Select(model => Path.ChangeExtension(model, ".curve.jsonl")).Where(File.Exists).ToArray();
        if (curves.Length > 0)
        {
            Plots.TrainingCurve(curves, Path.Combine(folder, "training-curve.png"));
        }
    }

    /// <summary>Writes the models' wrong judgements, one JSON line each.</summary>
    public void WriteErrors(string file) => File.WriteAllLines(
        file,
        from run in Models
        from cell in run.Cells
        from one in cell.Judged
        where one.IsPositive ? !one.IsRight(Threshold) : one.Alerts(Threshold)
        select JsonSerializer.Serialize(new
        {
            cell = cell.Name, label = one.Example.Answer, said = one.Answer, score = Math.Round(one.Score, 4),
            rule = one.Example.Rule, call = one.Example.Call, text = one.Example.Text,
        }));

    private object Of(Evaluation evaluation) => new
    {
        detector = evaluation.Detector,
        cells = evaluation.Cells.ToDictionary(cell => cell.Name, cell => new
        {
            recall = Share(cell.Recall(Threshold)),
            rightRule = Share(cell.RightRule(Threshold)),
            falsePositives = Share(cell.FalsePositives(Threshold)),
            byCall = cell.Name is not ("unseen" or "variants-unseen") ? null : cell.RecallBy(one => one.Example.Call, Threshold).ToDictionary(pair => pair.Key, pair => Share(pair.Recall)),
        }),
        conditions = Evaluation.Conditions.Keys.Where(name => evaluation.Under(name).Count > 0).ToDictionary(name => name, name => new
        {
            recallAt01Percent = Share(evaluation.RecallAt(name, 0.001)),
            averagePrecision = Metrics.AveragePrecision(evaluation.Under(name)),
            matthews = Metrics.Matthews(evaluation.Under(name), Threshold),
            calibrationError = Metrics.CalibrationError(evaluation.Under(name)),
        }),
    };

    private static object? Share(Proportion of) => of.Of == 0 ? null : new { hits = of.Hits, of = of.Of, low = of.Low, high = of.High };
}
