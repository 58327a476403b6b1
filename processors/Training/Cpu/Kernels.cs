using System.Runtime.Intrinsics;

namespace Syscribe.Training.Cpu;

/// <summary>What is computed between matrix products, forwards and backwards. Widths are multiples of 16.</summary>
internal static unsafe class Kernels
{
    private const int Lanes = 16;

    /// <summary>y = x w / sqrt(mean x^2 + epsilon), a row at a time; the reciprocal roots are kept for the way back.</summary>
    public static void Norm(int rows, int width, float* x, float* weight, float* y, float* roots, float epsilon)
    {
        for (var i = 0; i < rows; i++, x += width, y += width)
        {
            var squares = Vector512<float>.Zero;
            for (var j = 0; j < width; j += Lanes)
            {
                var v = Vector512.Load(x + j);
                squares += v * v;
            }

            var root = roots[i] = 1 / MathF.Sqrt((Vector512.Sum(squares) / width) + epsilon);
            for (var j = 0; j < width; j += Lanes)
            {
                (Vector512.Load(x + j) * root * Vector512.Load(weight + j)).Store(y + j);
            }
        }
    }

    /// <summary>Adds to <paramref name="dx"/> what <paramref name="dy"/> makes of it, and to the weight's gradient.</summary>
    public static void NormBack(int rows, int width, float* x, float* weight, float* roots, float* dy, float* dx, float* dWeight)
    {
        for (var i = 0; i < rows; i++, x += width, dy += width, dx += width)
        {
            // With n = x r: dx = r (g - n mean(g n)), where g = dy w.
            var root = roots[i];
            var dot = Vector512<float>.Zero;
            for (var j = 0; j < width; j += Lanes)
            {
                var normed = Vector512.Load(x + j) * root;
                var d = Vector512.Load(dy + j);
                dot += normed * d * Vector512.Load(weight + j);
                (Vector512.Load(dWeight + j) + (normed * d)).Store(dWeight + j);
            }

            var mean = Vector512.Sum(dot) / width;
            for (var j = 0; j < width; j += Lanes)
            {
                var back = (Vector512.Load(dy + j) * Vector512.Load(weight + j)) - (Vector512.Load(x + j) * (root * mean));
                (Vector512.Load(dx + j) + (back * root)).Store(dx + j);
            }
        }
    }

    /// <summary>Turns neighbouring pairs of <paramref name="heads"/> heads by their position's angles; backwards with <paramref name="direction"/> -1.</summary>
    /// <param name="x">First head of the first row.</param>
    /// <param name="rows">Rows of one sequence, at positions 0 and up.</param>
    /// <param name="step">From a row to the next.</param>
    /// <param name="heads">Heads side by side.</param>
    /// <param name="size">Numbers of a head.</param>
    /// <param name="turns">Cosine and sine of each position and pair, side by side.</param>
    /// <param name="direction">1 or -1.</param>
    public static void Turn(float* x, int rows, int step, int heads, int size, float* turns, float direction)
    {
        for (var i = 0; i < rows; i++, x += step, turns += size)
        {
            for (var h = 0; h < heads; h++)
            {
                var head = x + (h * size);
                for (var j = 0; j < size; j += 2)
                {
                    var (cos, sin) = (turns[j], turns[j + 1] * direction);
                    var (a, b) = (head[j], head[j + 1]);
                    head[j] = (a * cos) - (b * sin);
                    head[j + 1] = (a * sin) + (b * cos);
                }
            }
        }
    }

    /// <summary>h = silu(gate) up, where a row holds the gates and then the ups.</summary>
    public static void Gate(int rows, int width, float* gateUp, float* h)
    {
        for (var i = 0; i < rows; i++, gateUp += 2 * width, h += width)
        {
            for (var j = 0; j < width; j += Lanes)
            {
                var gate = Vector512.Load(gateUp + j);
                (gate * Sigmoid(gate) * Vector512.Load(gateUp + width + j)).Store(h + j);
            }
        }
    }

    /// <summary>Gradients of gates and ups, written in their place.</summary>
    public static void GateBack(int rows, int width, float* gateUp, float* dh)
    {
        for (var i = 0; i < rows; i++, gateUp += 2 * width, dh += width)
        {
            for (var j = 0; j < width; j += Lanes)
            {
                var gate = Vector512.Load(gateUp + j);
                var up = Vector512.Load(gateUp + width + j);
                var d = Vector512.Load(dh + j);
                var sigmoid = Sigmoid(gate);
                (d * gate * sigmoid).Store(gateUp + width + j);
                (d * up * sigmoid * (Vector512<float>.One + (gate * (Vector512<float>.One - sigmoid)))).Store(gateUp + j);
            }
        }
    }

    /// <summary>Causal softmax in place: of row i the first i + 1 numbers, scaled; the rest becomes zero. Rows are padded to <paramref name="step"/>, a multiple of 16.</summary>
    public static void CausalSoftmax(int rows, float* scores, int step, float scale)
    {
        for (var i = 0; i < rows; i++, scores += step)
        {
            Softmax(scores, i + 1, scale);
            var done = (i / Lanes * Lanes) + Lanes;
            new Span<float>(scores + done, step - done).Clear();
        }
    }

    /// <summary>Gradient of the unscaled scores, in place of that of the probabilities.</summary>
    public static void CausalSoftmaxBack(int rows, float* probabilities, float* gradients, int step, float scale)
    {
        for (var i = 0; i < rows; i++, probabilities += step, gradients += step)
        {
            var dot = Vector512<float>.Zero;
            for (var j = 0; j < step; j += Lanes)
            {
                dot += Vector512.Load(probabilities + j) * Vector512.Load(gradients + j);
            }

            // Behind the diagonal probabilities are zero, and so are gradients then.
            var sum = Vector512.Create(Vector512.Sum(dot));
            for (var j = 0; j < step; j += Lanes)
            {
                (Vector512.Load(probabilities + j) * (Vector512.Load(gradients + j) - sum) * scale).Store(gradients + j);
            }
        }
    }

    /// <summary>
    /// Turns logits into their gradients, <paramref name="weight"/> (softmax - one at the target), and gives the loss. Behind the
    /// logits is room for a multiple of 16.
    /// </summary>
    public static double CrossEntropy(float* logits, int count, int target, float weight)
    {
        Softmax(logits, count, 1);
        var probability = logits[target];
        for (var j = 0; j < count; j += Lanes)
        {
            (Vector512.Load(logits + j) * weight).Store(logits + j);
        }

        logits[target] -= weight;
        return -Math.Log(Math.Max(probability, 1e-30f));
    }

    /// <summary>to += from.</summary>
    public static void Add(float* to, float* from, long count)
    {
        for (long j = 0; j < count; j += Lanes)
        {
            (Vector512.Load(to + j) + Vector512.Load(from + j)).Store(to + j);
        }
    }

    private static Vector512<float> Sigmoid(Vector512<float> x) =>
        Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-x));

    // Whole vectors: what lies behind the numbers becomes zero.
    private static void Softmax(float* x, int count, float scale)
    {
        var (whole, last) = ((count - 1) / Lanes * Lanes, Vector512.LessThan(Vector512<float>.Indices, Vector512.Create((float)(((count - 1) % Lanes) + 1))));
        Vector512.ConditionalSelect(last, Vector512.Load(x + whole), Vector512.Create(float.NegativeInfinity)).Store(x + whole);
        var largest = Vector512.Load(x);
        for (var j = Lanes; j <= whole; j += Lanes)
        {
            largest = Vector512.Max(largest, Vector512.Load(x + j));
        }

        var most = float.NegativeInfinity;
        for (var lane = 0; lane < Lanes; lane++)
        {
            most = Math.Max(most, largest[lane]);
        }

        var sums = Vector512<float>.Zero;
        for (var j = 0; j <= whole; j += Lanes)
        {
            var e = Vector512.Exp((Vector512.Load(x + j) - Vector512.Create(most)) * scale);
            e.Store(x + j);
            sums += e;
        }

        var share = 1 / Vector512.Sum(sums);
        for (var j = 0; j <= whole; j += Lanes)
        {
            (Vector512.Load(x + j) * share).Store(x + j);
        }
    }
}
