using Syscribe.Training.Model;
using static TorchSharp.torch;

namespace Syscribe.Training.Train;

/// <summary>What a step did.</summary>
/// <param name="Step">Counted from 1.</param>
/// <param name="Tokens">Seen so far, without padding.</param>
/// <param name="Loss">Of the decisions and, weighted, the texts.</param>
/// <param name="AnswerLoss">Of the decisions alone.</param>
/// <param name="LearningRate">That the step was made with.</param>
/// <param name="GradientLength">Before it was bounded.</param>
public readonly record struct StepReport(int Step, long Tokens, double Loss, double AnswerLoss, double LearningRate, double GradientLength);

/// <summary>Trains a model, a step at a time. Same model, examples and options: same weights.</summary>
internal sealed class Trainer
{
    private readonly LlamaModel _model;
    private readonly PreparedExamples _examples;
    private readonly TrainOptions _options;
    private readonly Batches _batches;

    public Trainer(LlamaModel model, PreparedExamples examples, TrainOptions options)
    {
        (_model, _examples, _options) = (model, examples, options);
        _batches = new Batches(examples, options);
        Optimizer = new AdamW(model.Weights, options);
    }

    /// <summary>Steps done.</summary>
    public int Step { get; internal set; }

    /// <summary>Tokens seen, without padding.</summary>
    public long Tokens { get; internal set; }

    /// <summary>Steps until each example was seen once.</summary>
    public int StepsPerEpoch => _batches.PerEpoch;

    internal AdamW Optimizer { get; }

    /// <summary>Makes one step.</summary>
    /// <exception cref="TrainingException">The loss is no number any more.</exception>
    public StepReport Next()
    {
        using var scope = NewDisposeScope();
        var batch = BatchTensors.Of(_examples, _batches.Of(Step), _options);
        var losses = nn.functional.cross_entropy(
            _model.Logits(_model.States(batch.Tokens, batch.Positions)), batch.Targets, reduction: nn.Reduction.None) * batch.Weights;
        var loss = losses.sum();
        loss.backward();
        var value = loss.item<float>();
        var answers = losses.masked_select(batch.Weights == (1f / _options.BatchExamples)).sum().item<float>();
        if (!float.IsFinite(value))
        {
            throw new TrainingException($"The loss of step {Step + 1} is {value}: the learning rate {_options.LearningRate} is too high for this model and data.");
        }

        var (rate, length) = (_options.RateAt(Step), Optimizer.Step(Step));
        Tokens += batch.RealTokens;
        Step++;
        return new StepReport(Step, Tokens, value, answers, rate, length);
    }
}
