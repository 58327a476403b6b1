using Syscribe.Training.Data;

namespace Syscribe.Training.Evaluate;

/// <summary>What a detector said of one example.</summary>
/// <param name="Example">The example, with its label.</param>
/// <param name="Answer">The detector's answer; 0 is harmless.</param>
/// <param name="Score">How sure it is that the event is malicious, 0 to 1.</param>
public readonly record struct Judged(Example Example, int Answer, double Score)
{
    /// <summary>The same behind <see cref="Syscribe.Inference.Suspects.AnswerCheck"/>: an answer that the event does not allow is no alert.</summary>
    public Judged Checked() => Example.Allowed?.Contains(Answer) == false ? this with { Answer = 0, Score = 0 } : this;

    /// <summary>Whether it alerts at a threshold.</summary>
    public bool Alerts(double threshold) => Answer > 0 && Score >= threshold;

    /// <summary>Whether it alerts, and with the labelled answer.</summary>
    public bool IsRight(double threshold) => Alerts(threshold) && Answer == Example.Answer;

    /// <summary>Whether the label is an alert.</summary>
    public bool IsPositive => Example.Answer > 0;
}
