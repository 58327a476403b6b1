using System.Numerics;
using System.Runtime.InteropServices;
using Syscribe.Training.Cpu;
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
    private readonly Muon[] _muons = Muon.IsSupported ? [.. Enumerable.Range(0, CpuGradients.MostThreads).Select(_ => new Muon())] : [];
    private readonly ParallelOptions _parallel;
    private readonly List<Block> _blocks = [];

    public Optimizer(IReadOnlyList<Weight> weights, TrainOptions options)
    {
        (_weights, _options) = (weights, options);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads };
        First = [.. weights.Select(weight => new float[weight.Value.numel()])];
        Second = [.. weights.Select(weight => new float[weight.Value.numel()])];
        for (var i = 0; i < weights.Count && _muons.Length > 0; i++)
        {
            var start = 0;
            foreach (var rows in weights[i].Blocks)
            {
                _blocks.Add(new Block(i, start, rows, (int)weights[i].Value.shape[1]));
                start += _blocks[^1].Count;
            }
        }
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
        Parallel.For(0, _muons.Length, _parallel, lane =>
        {
            for (var i = lane; i < _blocks.Count; i += _muons.Length)
            {
                Update(_muons[lane], _blocks[i], gradients, scale, (float)rate);
            }
        });
        for (var i = 0; i < _weights.Count; i++)
        {
            if (_muons.Length == 0 || _weights[i].Blocks.Count == 0)
            {
                Update(i, gradients.Gradient(i), scale, rate, step + 1);
            }
        }

        return length;
    }

    /// <inheritdoc />
    public void Dispose() => Array.ForEach(_muons, muon => muon.Dispose());

    private void Update(Muon muon, Block block, IGradients gradients, float scale, float rate) => muon.Update(
        Floats(_weights[block.Weight].Value).Slice(block.Start, block.Count), First[block.Weight].AsSpan(block.Start, block.Count),
        gradients.Gradient(block.Weight).Slice(block.Start, block.Count), block.Rows, block.Columns, scale, rate, keep: (float)(1 - (rate * _options.WeightDecay)));

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

    // A matrix of its own within a weight.
    private readonly record struct Block(int Weight, int Start, int Rows, int Columns)
    {
        public int Count => Rows * Columns;
    }
}
