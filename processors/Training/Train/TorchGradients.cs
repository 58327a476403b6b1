using System.Runtime.InteropServices;
using Syscribe.Training.Model;
using static TorchSharp.torch;

namespace Syscribe.Training.Train;

/// <summary>Gradients by libtorch's autograd, for processors and shapes that <see cref="Cpu.CpuLlama"/> does not know.</summary>
internal sealed class TorchGradients(ITorchModel model) : IGradients
{
    /// <inheritdoc />
    public (double Loss, double AnswerLoss) Step(PackedBatch batch)
    {
        using var scope = NewDisposeScope();
        foreach (var weight in model.Weights)
        {
            weight.Value.grad?.zero_();
        }

        var (tokens, positions) = Padded(batch);
        var losses = nn.functional.cross_entropy(
            model.Logits(model.States(tokens, positions)), tensor(batch.Targets.Select(target => (long)target).ToArray()), reduction: nn.Reduction.None);
        losses *= tensor(batch.Weights);
        var loss = losses.sum();
        loss.backward();
        return (loss.item<float>(), losses.masked_select(tensor(batch.IsDecision)).sum().item<float>());
    }

    /// <inheritdoc />
    public ReadOnlySpan<float> Gradient(int index)
    {
        using var gradient = model.Weights[index].Value.grad ?? throw new InvalidOperationException("no step was made yet");
        return MemoryMarshal.Cast<byte, float>(gradient.bytes);
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private static (Tensor Tokens, Tensor Positions) Padded(PackedBatch batch)
    {
        var time = Enumerable.Range(0, batch.Texts).Max(text => batch.Text(text).Length);
        var (tokens, moved) = (new long[batch.Texts * time], new long[batch.Tokens.Length]);
        for (var text = 0; text < batch.Texts; text++)
        {
            var (start, length) = batch.Text(text);
            for (var i = 0; i < length; i++)
            {
                moved[start + i] = (text * time) + i;
                tokens[(text * time) + i] = batch.Tokens[start + i];
            }
        }

        return (tensor(tokens, [batch.Texts, time]), tensor(batch.Positions.Select(position => moved[position]).ToArray()));
    }
}
