namespace Syscribe.Training.Train;

/// <summary>How the weights are trained.</summary>
public sealed record TrainOptions
{
    /// <summary>Of weights, order and choices. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Steps in all, of one batch each.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Examples of a batch. Default 32.</summary>
    public int BatchExamples { get; init; } = 32;

    /// <summary>Highest learning rate. Default 2e-3.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Steps until it is reached. Default 200.</summary>
    public int WarmUpSteps { get; init; } = 200;

    /// <summary>Share of a matrix that a step at learning rate 1 takes away. Default 0.02.</summary>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Longest gradient of all weights together. Default 1.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>Weight of the mean loss over the event's text, beside the loss of an answer's decisions. Default 1.5.</summary>
    public double PromptLoss { get; init; } = 1.5;

    /// <summary>Of the event's tokens, one in so many is foretold: which one differs from event to event. Default 3.</summary>
    public int PromptEvery { get; init; } = 3;

    /// <summary>Weight of a token of why a near miss is harmless, beside an answer's decision. Default 1.</summary>
    public double ReasonLoss { get; init; } = 1;

    /// <summary>
    /// Weight of the decision on a near miss that the rules tell from an alert by themselves, whichever the call, beside other
    /// decisions. Default 0.2.
    /// </summary>
    public double CheckedLoss { get; init; } = 0.2;

    /// <summary>Share of alerts trained to their answer's end; the others end where the answer is decided. Default 0.1.</summary>
    public double FullAnswers { get; init; } = 0.1;

    /// <summary>Threads that compute. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Learning rate of a step, counted from 0: linear up, then half a cosine down to nothing.</summary>
    public double RateAt(int step) => step < WarmUpSteps
        ? LearningRate * (step + 1) / WarmUpSteps
        : LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps)));
}
