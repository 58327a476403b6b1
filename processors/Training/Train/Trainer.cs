using Syscribe.Training.Cpu;
using Syscribe.Training.Model;

namespace Syscribe.Training.Train;

/// <summary>What a step did.</summary>
/// <param name="Step">Counted from 1.</param>
/// <param name="Tokens">Seen so far.</param>
/// <param name="Loss">Of the decisions and, weighted, the texts.</param>
/// <param name="AnswerLoss">Of the decisions alone.</param>
/// <param name="LearningRate">That the step was made with.</param>
/// <param name="GradientLength">Before it was bounded.</param>
public readonly record struct StepReport(int Step, long Tokens, double Loss, double AnswerLoss, double LearningRate, double GradientLength);

/// <summary>Trains a model, a step at a time. Same model, examples and options: same weights.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly PreparedExamples _examples;
    private readonly TrainOptions _options;
    private readonly Batches _batches;
    private readonly IGradients _gradients;

    /// <param name="weights">What is trained.</param>
    /// <param name="gradients">Computes their gradients; disposed with the trainer.</param>
    /// <param name="examples">What is learned.</param>
    /// <param name="options">How.</param>
    public Trainer(IReadOnlyList<Weight> weights, IGradients gradients, PreparedExamples examples, TrainOptions options)
    {
        (_examples, _options, _gradients) = (examples, options, gradients);
        _batches = new Batches(examples, options);
        Optimizer = new Optimizer(weights, options);
    }

    /// <summary>Steps done.</summary>
    public int Step { get; internal set; }

    /// <summary>Tokens seen.</summary>
    public long Tokens { get; internal set; }

    /// <summary>Steps until each example was seen once.</summary>
    public int StepsPerEpoch => _batches.PerEpoch;

    internal Optimizer Optimizer { get; }

    /// <summary>A trainer of a whole model, with the gradients that are fastest here.</summary>
    public static Trainer Of(LlamaModel model, PreparedExamples examples, TrainOptions options) => new(
        model.Weights, CpuLlama.Supports(model.Shape) ? new CpuGradients(model, options.Threads) : new TorchGradients(model), examples, options);

    /// <summary>Makes one step.</summary>
    /// <exception cref="TrainingException">The loss is no number any more.</exception>
    public StepReport Next()
    {
        var batch = PackedBatch.Of(_examples, _batches.Of(Step), _options);
        var (loss, answers) = _gradients.Step(batch);
        if (!double.IsFinite(loss))
        {
            throw new TrainingException($"The loss of step {Step + 1} is {loss}: the learning rate {_options.LearningRate} is too high for this model and data.");
        }

        var (rate, length) = (_options.RateAt(Step), Optimizer.Step(Step, _gradients));
        Tokens += batch.Tokens.Length;
        Step++;
        return new StepReport(Step, Tokens, loss, answers, rate, length);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _gradients.Dispose();
        Optimizer.Dispose();
    }
}
