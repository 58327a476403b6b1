using System.Runtime.InteropServices;
using Syscribe.Inference.Gguf;
using Syscribe.Training.Model;
using Syscribe.Training.Train;

namespace Syscribe.Training.Cpu;

/// <summary>
/// Loss and gradients of a <see cref="LlamaModel"/>, computed here instead of by libtorch's autograd: sequences lie one behind
/// the other without padding, and products use AVX-512. What it computes is the same; a test compares the gradients.
/// One thread at a time.
/// </summary>
internal sealed unsafe class CpuLlama : IDisposable
{
    private readonly LlamaShape _shape;
    private readonly int _vocabularySize;
    private readonly float*[] _weights;
    private readonly float*[] _gradients;
    private readonly long[] _lengths;
    private readonly float* _turns;
    private readonly Arena _arena = new();
    private readonly MatrixProduct _product = new();
    private readonly Saved[] _saved;

    /// <summary>Weights are read where the model has them; they must stay there.</summary>
    public CpuLlama(LlamaModel model)
    {
        (_shape, _vocabularySize) = (model.Shape, model.VocabularySize);
        _lengths = [.. model.Weights.Select(weight => weight.Value.numel())];
        _weights = new float*[_lengths.Length];
        _gradients = new float*[_lengths.Length];
        for (var i = 0; i < _lengths.Length; i++)
        {
            fixed (byte* start = model.Weights[i].Value.bytes)
            {
                _weights[i] = (float*)start;
            }

            _gradients[i] = (float*)NativeMemory.AlignedAlloc((nuint)(_lengths[i] + 15) / 16 * 64, 64);
        }

        _turns = Turns(_shape);
        _saved = [.. Enumerable.Range(0, _shape.Layers).Select(_ => new Saved())];
    }

    private int Width => _shape.Width;

    private int HeadSize => _shape.Width / _shape.Heads;

    private int KeyWidth => HeadSize * _shape.KvHeads;

    private int QkvWidth => Width + (2 * KeyWidth);

    /// <summary>Whether this processor and this shape can be computed here.</summary>
    public static bool Supports(LlamaShape shape) =>
        MatrixProduct.IsSupported && shape.Width % 16 == 0 && shape.FeedForward % 16 == 0 && shape.Width / shape.Heads % 2 == 0;

    /// <summary>Gradient of a weight, by its index in the model; valid until it changes.</summary>
    public ReadOnlySpan<float> Gradient(int index) => new(_gradients[index], (int)_lengths[index]);

    /// <summary>Makes every gradient zero.</summary>
    public void Clear()
    {
        for (var i = 0; i < _lengths.Length; i++)
        {
            NativeMemory.Clear(_gradients[i], (nuint)_lengths[i] * sizeof(float));
        }
    }

    /// <summary>Adds the gradients of <paramref name="batch"/> and gives its losses.</summary>
    public (double Loss, double AnswerLoss) Add(PackedBatch batch)
    {
        _arena.Reset();
        var rows = batch.Tokens.Length;
        var x = Embed(batch.Tokens);
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            x = Forward(layer, batch, x);
        }

        var dx = _arena.TakeZeros((long)rows * Width);
        var losses = Decide(batch, x, dx);
        for (var layer = _shape.Layers - 1; layer >= 0; layer--)
        {
            Backward(layer, batch, dx);
        }

        for (var i = 0; i < rows; i++)
        {
            Kernels.Add(_gradients[0] + ((long)batch.Tokens[i] * Width), dx + ((long)i * Width), Width);
        }

        return losses;
    }

    /// <summary>Adds another one's gradients, of the same model.</summary>
    public void Add(CpuLlama other)
    {
        for (var i = 0; i < _lengths.Length; i++)
        {
            Kernels.Add(_gradients[i], other._gradients[i], (int)_lengths[i]);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var gradient in _gradients)
        {
            NativeMemory.AlignedFree(gradient);
        }

        NativeMemory.AlignedFree(_turns);
        _arena.Dispose();
        _product.Dispose();
    }

    private static float* Turns(LlamaShape shape)
    {
        var size = shape.Width / shape.Heads;
        var turns = (float*)NativeMemory.AlignedAlloc((nuint)(shape.ContextTokens * size) * sizeof(float), 64);
        for (var i = 0; i < shape.ContextTokens * size; i += 2)
        {
            var angle = (float)(i / size * Math.Pow(LlamaModel.RopeBase, -(double)(i % size) / size));
            (turns[i], turns[i + 1]) = (MathF.Cos(angle), MathF.Sin(angle));
        }

        return turns;
    }

    private float* Embed(int[] tokens)
    {
        var x = _arena.Take((long)tokens.Length * Width);
        for (var i = 0; i < tokens.Length; i++)
        {
            Copy(_weights[0] + ((long)tokens[i] * Width), x + ((long)i * Width), Width);
        }

        return x;
    }

    private float* Forward(int layer, PackedBatch batch, float* x)
    {
        var (s, rows, at) = (_saved[layer], batch.Tokens.Length, 1 + (layer * 6));
        s.X = x;
        s.Normed = _arena.Take((long)rows * Width);
        s.Roots = _arena.Take(rows);
        Kernels.Norm(rows, Width, x, _weights[at], s.Normed, s.Roots, LlamaModel.NormEpsilon);
        s.Qkv = _arena.Take((long)rows * QkvWidth);
        Linear(rows, QkvWidth, Width, s.Normed, _weights[at + 1], s.Qkv, add: false);
        s.Mixed = _arena.Take((long)rows * Width);
        Attend(batch, s);
        s.Middle = _arena.Take((long)rows * Width);
        Copy(x, s.Middle, (long)rows * Width);
        Linear(rows, Width, Width, s.Mixed, _weights[at + 2], s.Middle, add: true);

        s.MiddleNormed = _arena.Take((long)rows * Width);
        s.MiddleRoots = _arena.Take(rows);
        Kernels.Norm(rows, Width, s.Middle, _weights[at + 3], s.MiddleNormed, s.MiddleRoots, LlamaModel.NormEpsilon);
        s.GateUp = _arena.Take(2L * rows * _shape.FeedForward);
        Linear(rows, 2 * _shape.FeedForward, Width, s.MiddleNormed, _weights[at + 4], s.GateUp, add: false);
        s.Hidden = _arena.Take((long)rows * _shape.FeedForward);
        Kernels.Gate(rows, _shape.FeedForward, s.GateUp, s.Hidden);
        var y = _arena.Take((long)rows * Width);
        Copy(s.Middle, y, (long)rows * Width);
        Linear(rows, Width, _shape.FeedForward, s.Hidden, _weights[at + 5], y, add: true);
        return y;
    }

    private void Backward(int layer, PackedBatch batch, float* dx)
    {
        var (s, rows, at) = (_saved[layer], batch.Tokens.Length, 1 + (layer * 6));
        var dHidden = _arena.Take((long)rows * _shape.FeedForward);
        var dNormed = _arena.Take((long)rows * Width);
        LinearBack(rows, Width, _shape.FeedForward, s.Hidden, at + 5, dx, dHidden);
        Kernels.GateBack(rows, _shape.FeedForward, s.GateUp, dHidden);
        LinearBack(rows, 2 * _shape.FeedForward, Width, s.MiddleNormed, at + 4, s.GateUp, dNormed);
        Kernels.NormBack(rows, Width, s.Middle, _weights[at + 3], s.MiddleRoots, dNormed, dx, _gradients[at + 3]);

        var dMixed = dNormed;
        LinearBack(rows, Width, Width, s.Mixed, at + 2, dx, dMixed);
        var dQkv = _arena.TakeZeros((long)rows * QkvWidth);
        AttendBack(batch, s, dMixed, dQkv);
        LinearBack(rows, QkvWidth, Width, s.Normed, at + 1, dQkv, dNormed);
        Kernels.NormBack(rows, Width, s.X, _weights[at], s.Roots, dNormed, dx, _gradients[at]);
    }

    private void Attend(PackedBatch batch, Saved s)
    {
        var scale = 1 / MathF.Sqrt(HeadSize);
        s.Probabilities.Clear();
        for (var text = 0; text < batch.Texts; text++)
        {
            var (start, time) = batch.Text(text);
            var step = (time + 15) / 16 * 16;
            var qkv = s.Qkv + ((long)start * QkvWidth);
            Kernels.Turn(qkv, time, QkvWidth, _shape.Heads + _shape.KvHeads, HeadSize, _turns, 1);
            for (var head = 0; head < _shape.Heads; head++)
            {
                var (query, key, value) = Heads(qkv, head);
                var scores = _arena.Take((long)time * step);
                s.Probabilities.Add((nint)scores);
                _product.Multiply(time, time, HeadSize, query, key.Transposed, scores, step, add: false);
                Kernels.CausalSoftmax(time, scores, step, scale);
                _product.Multiply(time, HeadSize, time, new Matrix(scores, step), value, s.Mixed + ((long)start * Width) + (head * HeadSize), Width, add: false);
            }
        }
    }

    private void AttendBack(PackedBatch batch, Saved s, float* dMixed, float* dQkv)
    {
        var scale = 1 / MathF.Sqrt(HeadSize);
        for (var text = 0; text < batch.Texts; text++)
        {
            var (start, time) = batch.Text(text);
            var step = (time + 15) / 16 * 16;
            var from = s.Qkv + ((long)start * QkvWidth);
            var to = dQkv + ((long)start * QkvWidth);
            for (var head = 0; head < _shape.Heads; head++)
            {
                var (query, key, value) = Heads(from, head);
                var (dQuery, dKey, dValue) = Heads(to, head);
                var probabilities = (float*)s.Probabilities[(text * _shape.Heads) + head];
                var dOut = new Matrix(dMixed + ((long)start * Width) + (head * HeadSize), Width);
                var dScores = _arena.TakeZeros((long)time * step);
                _product.Multiply(time, HeadSize, time, new Matrix(probabilities, step).Transposed, dOut, dValue.Start, QkvWidth, add: true);
                _product.Multiply(time, time, HeadSize, dOut, value.Transposed, dScores, step, add: false);
                Kernels.CausalSoftmaxBack(time, probabilities, dScores, step, scale);
                _product.Multiply(time, HeadSize, time, new Matrix(dScores, step), key, dQuery.Start, QkvWidth, add: false);
                _product.Multiply(time, HeadSize, time, new Matrix(dScores, step).Transposed, query, dKey.Start, QkvWidth, add: true);
            }

            Kernels.Turn(to, time, QkvWidth, _shape.Heads + _shape.KvHeads, HeadSize, _turns, -1);
        }
    }

    private (Matrix Query, Matrix Key, Matrix Value) Heads(float* qkv, int head)
    {
        var kvHead = head / (_shape.Heads / _shape.KvHeads);
        return (
            new Matrix(qkv + (head * HeadSize), QkvWidth),
            new Matrix(qkv + Width + (kvHead * HeadSize), QkvWidth),
            new Matrix(qkv + Width + KeyWidth + (kvHead * HeadSize), QkvWidth));
    }

    // Output only where it counts: losses, and what they make of the last states.
    private (double Loss, double AnswerLoss) Decide(PackedBatch batch, float* x, float* dx)
    {
        var (count, norm) = (batch.Positions.Length, _weights.Length - 1);
        var states = _arena.Take((long)count * Width);
        var normed = _arena.Take((long)count * Width);
        var roots = _arena.Take(count);
        for (var i = 0; i < count; i++)
        {
            Copy(x + ((long)batch.Positions[i] * Width), states + ((long)i * Width), Width);
        }

        Kernels.Norm(count, Width, states, _weights[norm], normed, roots, LlamaModel.NormEpsilon);
        var step = (_vocabularySize + 15) / 16 * 16;
        var logits = _arena.Take((long)count * step);
        _product.Multiply(count, _vocabularySize, Width, new Matrix(normed, Width), new Matrix(_weights[0], Width).Transposed, logits, step, add: false);
        var (loss, answers) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var part = Kernels.CrossEntropy(logits + ((long)i * step), _vocabularySize, batch.Targets[i], batch.Weights[i]) * batch.Weights[i];
            loss += part;
            answers += batch.IsDecision[i] ? part : 0;
        }

        var dNormed = _arena.Take((long)count * Width);
        var dStates = _arena.TakeZeros((long)count * Width);
        _product.Multiply(count, Width, _vocabularySize, new Matrix(logits, step), new Matrix(_weights[0], Width), dNormed, Width, add: false);
        _product.Multiply(_vocabularySize, Width, count, new Matrix(logits, step).Transposed, new Matrix(normed, Width), _gradients[0], Width, add: true);
        Kernels.NormBack(count, Width, states, _weights[norm], roots, dNormed, dStates, _gradients[norm]);
        for (var i = 0; i < count; i++)
        {
            Kernels.Add(dx + ((long)batch.Positions[i] * Width), dStates + ((long)i * Width), Width);
        }

        return (loss, answers);
    }

    // y = x w^T, w [to, from].
    private void Linear(int rows, int to, int from, float* x, float* weight, float* y, bool add) =>
        _product.Multiply(rows, to, from, new Matrix(x, from), new Matrix(weight, from).Transposed, y, to, add);

    // dx = dy w; dw += dy^T x.
    private void LinearBack(int rows, int to, int from, float* x, int weight, float* dy, float* dx)
    {
        _product.Multiply(rows, from, to, new Matrix(dy, to), new Matrix(_weights[weight], from), dx, from, add: false);
        _product.Multiply(to, from, rows, new Matrix(dy, to).Transposed, new Matrix(x, from), _gradients[weight], from, add: true);
    }

    private static void Copy(float* from, float* to, long count) => NativeMemory.Copy(from, to, (nuint)count * sizeof(float));

    // What a layer's way back needs of its way there.
    private sealed class Saved
    {
        public float* X, Normed, Roots, Qkv, Mixed, Middle, MiddleNormed, MiddleRoots, GateUp, Hidden;

        public List<nint> Probabilities { get; } = [];
    }
}
