using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Syscribe.Training.Cpu;

/// <summary>Rows for columns, in registers.</summary>
internal static unsafe class Transposition
{
    /// <summary>Writes 16 rows of 16 numbers as columns. Steps are from a row to the next.</summary>
    public static void Of16(float* from, int fromStep, float* to, int toStep)
    {
        // Each four rows become, in each quarter of a register, four columns of four; then the quarters change places.
        var (a0, a1, a2, a3) = Fours(from, fromStep);
        var (b0, b1, b2, b3) = Fours(from + (4L * fromStep), fromStep);
        var (c0, c1, c2, c3) = Fours(from + (8L * fromStep), fromStep);
        var (d0, d1, d2, d3) = Fours(from + (12L * fromStep), fromStep);
        Quarters(a0, b0, c0, d0, to, toStep);
        Quarters(a1, b1, c1, d1, to + toStep, toStep);
        Quarters(a2, b2, c2, d2, to + (2L * toStep), toStep);
        Quarters(a3, b3, c3, d3, to + (3L * toStep), toStep);
    }

    // Quarter q of result r holds column 4 q + r of the four rows.
    private static (Vector512<float> R0, Vector512<float> R1, Vector512<float> R2, Vector512<float> R3) Fours(float* from, int step)
    {
        var (x0, x1) = (Vector512.Load(from), Vector512.Load(from + step));
        var (x2, x3) = (Vector512.Load(from + (2L * step)), Vector512.Load(from + (3L * step)));
        var (low01, high01) = (Avx512F.UnpackLow(x0, x1).AsDouble(), Avx512F.UnpackHigh(x0, x1).AsDouble());
        var (low23, high23) = (Avx512F.UnpackLow(x2, x3).AsDouble(), Avx512F.UnpackHigh(x2, x3).AsDouble());
        return (
            Avx512F.UnpackLow(low01, low23).AsSingle(), Avx512F.UnpackHigh(low01, low23).AsSingle(),
            Avx512F.UnpackLow(high01, high23).AsSingle(), Avx512F.UnpackHigh(high01, high23).AsSingle());
    }

    // Of four registers, quarter q of each one behind the other is a row of the result, four rows below the one before.
    private static void Quarters(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, int step)
    {
        var (ab01, ab23) = (Avx512F.Shuffle4x128(a, b, 0x44), Avx512F.Shuffle4x128(a, b, 0xEE));
        var (cd01, cd23) = (Avx512F.Shuffle4x128(c, d, 0x44), Avx512F.Shuffle4x128(c, d, 0xEE));
        Avx512F.Shuffle4x128(ab01, cd01, 0x88).Store(to);
        Avx512F.Shuffle4x128(ab01, cd01, 0xDD).Store(to + (4L * step));
        Avx512F.Shuffle4x128(ab23, cd23, 0x88).Store(to + (8L * step));
        Avx512F.Shuffle4x128(ab23, cd23, 0xDD).Store(to + (12L * step));
    }
}
