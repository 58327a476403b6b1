using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Syscribe.Inference.Measure;

/// <summary>What the machine can do at most: the denominators of every share.</summary>
/// <param name="BytesPerSecond">Memory read; null where it is not known.</param>
/// <param name="FlopsPerSecond">Multiplications and additions; null where it is not known.</param>
/// <param name="Source">Where the numbers are from, for a person.</param>
public sealed record MachineLimits(double? BytesPerSecond, double? FlopsPerSecond, string Source)
{
    // Larger than any cache that these threads share.
    private const int BufferBytes = 256 << 20;
    private const int Rounds = 3;
    private const long Steps = 20_000_000;

    /// <summary>Measures what <paramref name="threads"/> processor threads read, and multiply and add in F32; takes about a second.</summary>
    public static MachineLimits Measure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return new MachineLimits(Read(threads), Compute(threads), $"measured on {threads} processor thread{(threads == 1 ? "" : "s")}, arithmetic in F32");
    }

    // Given back at once, so that it is no part of what the process is said to take.
    private static unsafe double Read(int threads)
    {
        var part = BufferBytes / sizeof(float) / threads;
        var numbers = (float*)NativeMemory.Alloc(BufferBytes);
        try
        {
            new Span<float>(numbers, BufferBytes / sizeof(float)).Fill(1);
            var best = Best(threads, thread => Sum(new ReadOnlySpan<float>(numbers + ((long)thread * part), part)));
            return (double)part * threads * sizeof(float) / best;
        }
        finally
        {
            NativeMemory.Free(numbers);
        }
    }

    private static float Sum(ReadOnlySpan<float> numbers)
    {
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var width = Vector<float>.Count;
        for (; numbers.Length >= 4 * width; numbers = numbers[(4 * width)..])
        {
            a += new Vector<float>(numbers);
            b += new Vector<float>(numbers[width..]);
            c += new Vector<float>(numbers[(2 * width)..]);
            d += new Vector<float>(numbers[(3 * width)..]);
        }

        return Vector.Sum(a + b + c + d);
    }

    private static double Compute(int threads)
    {
        var width = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
        var best = Best(threads, _ => Vector512.IsHardwareAccelerated ? MultiplyAdd512() : MultiplyAdd256());
        return 2.0 * width * 8 * Steps * threads / best;
    }

    // Eight chains: two units with a latency of four cycles are kept busy.
    private static float MultiplyAdd512()
    {
        var (x, y) = (Vector512.Create(0.5f), Vector512.Create(0.25f));
        var (a, b, c, d, e, f, g, h) = (x, x, x, x, y, y, y, y);
        for (long i = 0; i < Steps; i++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h);
    }

    private static float MultiplyAdd256()
    {
        var (x, y) = (Vector256.Create(0.5f), Vector256.Create(0.25f));
        var (a, b, c, d, e, f, g, h) = (x, x, x, x, y, y, y, y);
        for (long i = 0; i < Steps; i++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }

    // The shortest of a few rounds, seconds: other work on the machine only makes it longer.
    private static double Best(int threads, Func<int, float> work)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var results = new float[threads];
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread => results[thread] = work(thread));
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (!results.All(float.IsFinite))
            {
                throw new InvalidOperationException("the measuring loop gave no number"); // and so it was not optimised away
            }
        }

        return best;
    }
}
