using System.Numerics;
using System.Runtime.InteropServices;
using Syscribe.Training.Model;

namespace Syscribe.Training.Train;

/// <summary>
/// Changes weights by their gradients, whose length is bounded: the blocks' matrices by <see cref="Muon"/>, embeddings and
/// norms by AdamW with decoupled weight decay, in one pass over each weight: TorchSharp's own makes ten, and a call for each.
/// </summary>
internal sealed class Optimizer : IDisposable
{
    private const float Beta1 = 0.9f, Beta2 = 0.98f, Epsilon = 1e-8f;

    private readonly IReadOnlyList<Weight> _weights;
    private readonly TrainOptions _options;
    private readonly Muon? _muon = Muon.IsSupported ? new Muon() : null;

    public Optimizer(IReadOnlyList<Weight> weights, TrainOptions options)
    {
        (_weights, _options) = (weights, options);
        First = [.. weights.Select(weight => new float[weight.Value.numel()])];
        Second = [.. weights.Select(weight => new float[weight.Value.numel()])];
    }

    /// <summary>Running means of the gradients, running sums for matrices of <see cref="Muon"/>, parallel to the weights.</summary>
    public IReadOnlyList<float[]> First { get; }

    /// <summary>Running means of their squares.</summary>
    public IReadOnlyList<float[]> Second { get; }

    /// <summary>Changes the weights by their gradients. Steps count from 0.</summary>
    /// <returns>Length of the gradient before it was bounded.</returns>
    public double Step(int step, IGradients gradients)
    {
        var squares = 0.0;
        for (var i = 0; i < _weights.Count; i++)
        {
            squares += SquareSum(gradients.Gradient(i));
        }

        var length = Math.Sqrt(squares);
        var scale = (float)Math.Min(1, _options.GradientClip / (length + 1e-6));
        var rate = _options.RateAt(step);
        for (var i = 0; i < _weights.Count; i++)
        {
            if (_muon is not null && _weights[i].Blocks.Count > 0)
            {
                UpdateBlocks(i, gradients.Gradient(i), scale, (float)rate);
            }
            else
            {
                Update(i, gradients.Gradient(i), scale, rate, step + 1);
            }
        }

        return length;
    }

    /// <inheritdoc />
    public void Dispose() => _muon?.Dispose();

    private void UpdateBlocks(int index, ReadOnlySpan<float> gradient, float scale, float rate)
    {
        var weight = Floats(_weights[index].Value);
        var (columns, at) = ((int)_weights[index].Value.shape[1], 0);
        foreach (var rows in _weights[index].Blocks)
        {
            var count = rows * columns;
            _muon!.Update(
                weight.Slice(at, count), First[index].AsSpan(at, count), gradient.Slice(at, count), rows, columns, scale, rate,
                keep: (float)(1 - (rate * _options.WeightDecay)));
            at += count;
        }
    }

    private static Span<float> Floats(TorchSharp.torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private static double SquareSum(ReadOnlySpan<float> values)
    {
        var (sum, i) = (0.0, 0);
        var partial = Vector<float>.Zero;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(values[i..]);
            partial += v * v;
        }

        for (; i < values.Length; i++)
        {
            sum += values[i] * values[i];
        }

        return sum + Vector.Sum(partial);
    }

    private void Update(int index, ReadOnlySpan<float> gradient, float scale, double rate, int time)
    {
        var weight = Floats(_weights[index].Value);
        var first = First[index].AsSpan();
        var second = Second[index].AsSpan();
        var keep = (float)(1 - (_weights[index].IsMatrix ? rate * _options.WeightDecay : 0));
        var step = (float)(rate / (1 - Math.Pow(Beta1, time)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, time)));
        var i = 0;
        for (; i <= weight.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]) * scale;
            var m = (new Vector<float>(first[i..]) * Beta1) + (g * (1 - Beta1));
            var v = (new Vector<float>(second[i..]) * Beta2) + (g * g * (1 - Beta2));
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
            var change = m * step / ((Vector.SquareRoot(v) * correction) + new Vector<float>(Epsilon));
            ((new Vector<float>(weight[i..]) * keep) - change).CopyTo(weight[i..]);
        }

        for (; i < weight.Length; i++)
        {
            var g = gradient[i] * scale;
            first[i] = (first[i] * Beta1) + (g * (1 - Beta1));
            second[i] = (second[i] * Beta2) + (g * g * (1 - Beta2));
            weight[i] = (weight[i] * keep) - (first[i] * step / ((MathF.Sqrt(second[i]) * correction) + Epsilon));
        }
    }
}
