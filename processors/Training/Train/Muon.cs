using System.Numerics;
using Syscribe.Training.Cpu;

namespace Syscribe.Training.Train;

/// <summary>
/// Muon (Jordan 2024) for matrices: the running sum of the gradients, made orthogonal by five Newton-Schulz steps, so that
/// every direction of it counts alike. Here it reaches in two thirds of the tokens the loss that AdamW reaches.
/// </summary>
internal sealed unsafe class Muon : IDisposable
{
    private const float Momentum = 0.95f;

    // Size of an update's numbers (root of their mean square) for a learning rate of 1; AdamW's is a little below 1.
    private const float UpdateSize = 0.5f;

    // Coefficients of the quintic that drives singular values from (0, 1] to about 1, as published with the method.
    private const float Linear = 3.4445f, Cubic = -4.7750f, Quintic = 2.0315f;
    private const int Iterations = 5;

    private readonly MatrixProduct _product = new();
    private float[] _x = [], _squared = [], _fourth = [], _change = [];

    /// <summary>Whether this processor has the products that it needs to be worth its time.</summary>
    public static bool IsSupported => MatrixProduct.IsSupported;

    /// <summary>Changes one matrix, whose numbers are a multiple of 16.</summary>
    /// <param name="weight">The matrix, row by row.</param>
    /// <param name="sum">Running sum of its gradients; changed.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="scale">Factor of the gradient, which bounds it.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="keep">Factor of the weight before it changes.</param>
    public void Update(
        Span<float> weight, Span<float> sum, ReadOnlySpan<float> gradient, int rows, int columns, float scale, float rate, float keep)
    {
        var x = Room(ref _x, rows * columns);
        var squares = Ahead(sum, gradient, scale, x);
        Orthogonalize(x, rows, columns, (float)(1 / (Math.Sqrt(squares) + 1e-12)));
        var step = rate * UpdateSize * MathF.Sqrt(Math.Max(rows, columns));
        for (var i = 0; i < x.Length; i += Vector<float>.Count)
        {
            ((new Vector<float>(weight[i..]) * keep) - (new Vector<float>(x[i..]) * step)).CopyTo(weight[i..]);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _product.Dispose();

    private static Span<float> Room(ref float[] numbers, int count)
    {
        if (numbers.Length < count)
        {
            numbers = new float[count];
        }

        return numbers.AsSpan(0, count);
    }

    // Nesterov's momentum: the sum as the next step will see it. Gives the sum of its squares.
    private static double Ahead(Span<float> sum, ReadOnlySpan<float> gradient, float scale, Span<float> x)
    {
        var squares = Vector<float>.Zero;
        for (var i = 0; i < x.Length; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]) * scale;
            var m = (new Vector<float>(sum[i..]) * Momentum) + g;
            var ahead = g + (m * Momentum);
            m.CopyTo(sum[i..]);
            ahead.CopyTo(x[i..]);
            squares += ahead * ahead;
        }

        return Vector.Sum(squares);
    }

    private void Orthogonalize(Span<float> x, int rows, int columns, float scale)
    {
        var small = Math.Min(rows, columns);
        var squared = Room(ref _squared, small * small);
        var fourth = Room(ref _fourth, small * small);
        var change = Room(ref _change, x.Length);
        Mix(x, scale, x, 0, x);
        fixed (float* xs = x, a = squared, b = fourth, c = change)
        {
            // The smaller side's product with itself, and on which side of the matrix what is made of it stands.
            var (matrix, polynomial) = (new Matrix(xs, columns), new Matrix(b, small));
            var (left, right) = rows <= columns ? (matrix, matrix.Transposed) : (matrix.Transposed, matrix);
            var (before, behind) = rows <= columns ? (polynomial, matrix) : (matrix, polynomial);
            for (var k = 0; k < Iterations; k++)
            {
                _product.Multiply(small, small, Math.Max(rows, columns), left, right, a, small, add: false);
                _product.Multiply(small, small, small, new Matrix(a, small), new Matrix(a, small), b, small, add: false);
                Mix(squared, Cubic, fourth, Quintic, fourth);
                _product.Multiply(rows, columns, small, before, behind, c, columns, add: false);
                Mix(x, Linear, change, 1, x);
            }
        }
    }

    // to = a x + b y, number by number.
    private static void Mix(ReadOnlySpan<float> x, float a, ReadOnlySpan<float> y, float b, Span<float> to)
    {
        for (var i = 0; i < to.Length; i += Vector<float>.Count)
        {
            ((new Vector<float>(x[i..]) * a) + (new Vector<float>(y[i..]) * b)).CopyTo(to[i..]);
        }
    }
}
