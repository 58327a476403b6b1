namespace Syscribe.Training.Train;

/// <summary>Computes a model's loss and the gradients of its weights.</summary>
internal interface IGradients : IDisposable
{
    /// <summary>Computes them for <paramref name="batch"/>.</summary>
    (double Loss, double AnswerLoss) Step(PackedBatch batch);

    /// <summary>Gradient of a weight, by its index in the model; valid until the next <see cref="Step"/>.</summary>
    ReadOnlySpan<float> Gradient(int index);
}
