using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Syscribe.Training.Cpu;

/// <summary>A matrix in memory: element (row, column) is at <c>Start[row * RowStep + column * ColumnStep]</c>.</summary>
internal readonly unsafe struct Matrix(float* start, int rowStep, int columnStep = 1)
{
    public readonly float* Start = start;
    public readonly int RowStep = rowStep;
    public readonly int ColumnStep = columnStep;

    /// <summary>Rows for columns.</summary>
    public Matrix Transposed => new(Start, ColumnStep, RowStep);
}

/// <summary>
/// F32 matrix products with AVX-512, one thread: MKL, which libtorch computes with, keeps to AVX2 on processors that are
/// not Intel's. Six rows by 64 columns of the result are in registers; the right matrix is laid out anew in panels that
/// fit the second-level cache. Sums are made in a fixed order: same numbers, same bytes.
/// </summary>
internal sealed unsafe class MatrixProduct : IDisposable
{
    private const int Rows = 6, Columns = 64, Lanes = 16, DepthBlock = 256, ColumnBlock = 512;

    // Of fewer columns the left matrix is read too seldom to be laid out anew.
    private const int WorthPacking = 32;

    private readonly float* _panels = (float*)NativeMemory.AlignedAlloc(DepthBlock * ColumnBlock * sizeof(float), 64);
    private readonly float* _tile = (float*)NativeMemory.AlignedAlloc(Rows * Columns * sizeof(float), 64);
    private float* _strips;
    private int _stripFloats;

    /// <summary>Whether this processor has what it takes.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary><paramref name="c"/> = a b, or c + a b.</summary>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="depth">Columns of a, rows of b.</param>
    /// <param name="a">Left.</param>
    /// <param name="b">Right; one of its steps is 1.</param>
    /// <param name="c">Result, row by row.</param>
    /// <param name="cStep">From a row of the result to the next.</param>
    /// <param name="add">Whether what is in the result stays.</param>
    public void Multiply(int rows, int columns, int depth, Matrix a, Matrix b, float* c, int cStep, bool add)
    {
        for (var k = 0; k < depth; k += DepthBlock)
        {
            var kCount = Math.Min(DepthBlock, depth - k);
            var left = new Matrix(a.Start + ((long)k * a.ColumnStep), a.RowStep, a.ColumnStep);
            var isPacked = a.RowStep == 1 && columns >= WorthPacking;
            if (isPacked)
            {
                PackStrips(left, rows, kCount);
            }

            for (var j = 0; j < columns; j += ColumnBlock)
            {
                var jCount = Math.Min(ColumnBlock, columns - j);
                Pack(new Matrix(b.Start + ((long)k * b.RowStep) + ((long)j * b.ColumnStep), b.RowStep, b.ColumnStep), kCount, jCount);
                for (var i = 0; i < rows; i += Rows)
                {
                    var part = isPacked ? new Matrix(_strips + ((long)i * kCount), 1, Rows) : new Matrix(left.Start + ((long)i * a.RowStep), a.RowStep, a.ColumnStep);
                    MultiplyRows(Math.Min(Rows, rows - i), jCount, kCount, part, c + ((long)i * cStep) + j, cStep, add || k > 0);
                }
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        NativeMemory.AlignedFree(_panels);
        NativeMemory.AlignedFree(_tile);
        NativeMemory.AlignedFree(_strips);
    }

    // What is left at the end goes in panels of one register, as long as at most three of them do.
    private static int PanelWidth(int columnsLeft) => columnsLeft <= Columns - Lanes ? Lanes : Columns;

    // A left matrix whose columns are contiguous would be read a cache line for each number: six rows lie side by side instead.
    private void PackStrips(Matrix a, int rows, int depth)
    {
        if (_stripFloats < (rows + Rows) * depth)
        {
            NativeMemory.AlignedFree(_strips);
            _stripFloats = (rows + Rows) * depth;
            _strips = (float*)NativeMemory.AlignedAlloc((nuint)_stripFloats * sizeof(float), 64);
        }

        // Strip by strip: written in order, and read from lines that the next strips find in the first-level cache.
        var to = _strips;
        for (var i = 0; i < rows; i += Rows)
        {
            var from = a.Start + i;
            for (var k = 0; k < depth; k++, from += a.ColumnStep, to += Rows)
            {
                if (rows - i >= Rows)
                {
                    Vector128.Load(from).Store(to);
                    *(long*)(to + 4) = *(long*)(from + 4);
                }
                else
                {
                    new ReadOnlySpan<float>(from, rows - i).CopyTo(new Span<float>(to, Rows));
                }
            }
        }
    }

    private void Pack(Matrix b, int depth, int columns)
    {
        var to = _panels;
        for (var j = 0; j < columns;)
        {
            var width = PanelWidth(columns - j);
            var count = Math.Min(width, columns - j);
            if (b.ColumnStep == 1)
            {
                PackRows(b.Start + j, b.RowStep, depth, count, to, width);
            }
            else
            {
                PackColumns(b.Start + ((long)j * b.ColumnStep), b.ColumnStep, depth, count, to, width);
            }

            to += width * depth;
            j += width;
        }
    }

    private static void PackRows(float* from, int step, int depth, int count, float* to, int width)
    {
        for (var k = 0; k < depth; k++)
        {
            new ReadOnlySpan<float>(from + ((long)k * step), count).CopyTo(new Span<float>(to, width));
            new Span<float>(to + count, width - count).Clear();
            to += width;
        }
    }

    // Source is contiguous along the depth.
    private static void PackColumns(float* from, int step, int depth, int count, float* to, int width)
    {
        var j = 0;
        for (; j <= count - Lanes; j += Lanes)
        {
            var k = 0;
            for (; k <= depth - Lanes; k += Lanes)
            {
                Transposition.Of16(from + ((long)j * step) + k, step, to + (k * width) + j, width);
            }

            PackNumbers(from + ((long)j * step), step, k, depth, Lanes, to + j, width);
        }

        PackNumbers(from + ((long)j * step), step, 0, depth, count - j, to + j, width);
        for (var k = 0; k < depth; k++)
        {
            new Span<float>(to + (k * width) + count, width - count).Clear();
        }
    }

    private static void PackNumbers(float* from, int step, int start, int depth, int count, float* to, int width)
    {
        for (var j = 0; j < count; j++)
        {
            var column = from + ((long)j * step);
            for (var k = start; k < depth; k++)
            {
                to[(k * width) + j] = column[k];
            }
        }
    }

    private void MultiplyRows(int rows, int columns, int depth, Matrix a, float* c, int cStep, bool add)
    {
        var panel = _panels;
        for (var j = 0; j < columns;)
        {
            var width = PanelWidth(columns - j);
            var count = Math.Min(width, columns - j);
            if (rows == Rows && count == width)
            {
                Kernel(width, depth, a, Rows, panel, c + j, cStep, add);
            }
            else
            {
                Kernel(width, depth, a, rows, panel, _tile, Columns, false);
                CopyTile(rows, count, c + j, cStep, add);
            }

            panel += width * depth;
            j += width;
        }
    }

    private void CopyTile(int rows, int count, float* c, int cStep, bool add)
    {
        for (var i = 0; i < rows; i++)
        {
            var from = _tile + (i * Columns);
            var to = c + ((long)i * cStep);
            var j = 0;
            for (; j <= count - Lanes; j += Lanes)
            {
                var values = Vector512.Load(from + j);
                (add ? Vector512.Load(to + j) + values : values).Store(to + j);
            }

            for (; j < count; j++)
            {
                to[j] = add ? to[j] + from[j] : from[j];
            }
        }
    }

    private static void Kernel(int width, int depth, Matrix a, int rows, float* panel, float* c, int cStep, bool add)
    {
        // Rows that are not there repeat the first one; what they give is not copied.
        var a0 = a.Start;
        var a1 = rows > 1 ? a0 + a.RowStep : a0;
        var a2 = rows > 2 ? a0 + (2L * a.RowStep) : a0;
        var a3 = rows > 3 ? a0 + (3L * a.RowStep) : a0;
        var a4 = rows > 4 ? a0 + (4L * a.RowStep) : a0;
        var a5 = rows > 5 ? a0 + (5L * a.RowStep) : a0;
        if (width == Columns)
        {
            Wide(depth, a0, a1, a2, a3, a4, a5, a.ColumnStep, panel, c, cStep, add);
        }
        else
        {
            Narrow(depth, a0, a1, a2, a3, a4, a5, a.ColumnStep, panel, c, cStep, add);
        }
    }

    private static void Wide(
        int depth, float* a0, float* a1, float* a2, float* a3, float* a4, float* a5, long step, float* panel, float* c, int cStep, bool add)
    {
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        Vector512<float> s40 = default, s41 = default, s42 = default, s43 = default;
        Vector512<float> s50 = default, s51 = default, s52 = default, s53 = default;
        for (long k = 0, at = 0; k < depth; k++, at += step)
        {
            var b0 = Vector512.Load(panel);
            var b1 = Vector512.Load(panel + 16);
            var b2 = Vector512.Load(panel + 32);
            var b3 = Vector512.Load(panel + 48);
            var v0 = Vector512.Create(a0[at]);
            s00 = Avx512F.FusedMultiplyAdd(v0, b0, s00);
            s01 = Avx512F.FusedMultiplyAdd(v0, b1, s01);
            s02 = Avx512F.FusedMultiplyAdd(v0, b2, s02);
            s03 = Avx512F.FusedMultiplyAdd(v0, b3, s03);
            var v1 = Vector512.Create(a1[at]);
            s10 = Avx512F.FusedMultiplyAdd(v1, b0, s10);
            s11 = Avx512F.FusedMultiplyAdd(v1, b1, s11);
            s12 = Avx512F.FusedMultiplyAdd(v1, b2, s12);
            s13 = Avx512F.FusedMultiplyAdd(v1, b3, s13);
            var v2 = Vector512.Create(a2[at]);
            s20 = Avx512F.FusedMultiplyAdd(v2, b0, s20);
            s21 = Avx512F.FusedMultiplyAdd(v2, b1, s21);
            s22 = Avx512F.FusedMultiplyAdd(v2, b2, s22);
            s23 = Avx512F.FusedMultiplyAdd(v2, b3, s23);
            var v3 = Vector512.Create(a3[at]);
            s30 = Avx512F.FusedMultiplyAdd(v3, b0, s30);
            s31 = Avx512F.FusedMultiplyAdd(v3, b1, s31);
            s32 = Avx512F.FusedMultiplyAdd(v3, b2, s32);
            s33 = Avx512F.FusedMultiplyAdd(v3, b3, s33);
            var v4 = Vector512.Create(a4[at]);
            s40 = Avx512F.FusedMultiplyAdd(v4, b0, s40);
            s41 = Avx512F.FusedMultiplyAdd(v4, b1, s41);
            s42 = Avx512F.FusedMultiplyAdd(v4, b2, s42);
            s43 = Avx512F.FusedMultiplyAdd(v4, b3, s43);
            var v5 = Vector512.Create(a5[at]);
            s50 = Avx512F.FusedMultiplyAdd(v5, b0, s50);
            s51 = Avx512F.FusedMultiplyAdd(v5, b1, s51);
            s52 = Avx512F.FusedMultiplyAdd(v5, b2, s52);
            s53 = Avx512F.FusedMultiplyAdd(v5, b3, s53);
            panel += 64;
        }

        Store4(c, add, s00, s01, s02, s03);
        Store4(c + (1L * cStep), add, s10, s11, s12, s13);
        Store4(c + (2L * cStep), add, s20, s21, s22, s23);
        Store4(c + (3L * cStep), add, s30, s31, s32, s33);
        Store4(c + (4L * cStep), add, s40, s41, s42, s43);
        Store4(c + (5L * cStep), add, s50, s51, s52, s53);
    }

    private static void Narrow(
        int depth, float* a0, float* a1, float* a2, float* a3, float* a4, float* a5, long step, float* panel, float* c, int cStep, bool add)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (long k = 0, at = 0; k < depth; k++, at += step)
        {
            var b = Vector512.Load(panel);
            s0 = Avx512F.FusedMultiplyAdd(Vector512.Create(a0[at]), b, s0);
            s1 = Avx512F.FusedMultiplyAdd(Vector512.Create(a1[at]), b, s1);
            s2 = Avx512F.FusedMultiplyAdd(Vector512.Create(a2[at]), b, s2);
            s3 = Avx512F.FusedMultiplyAdd(Vector512.Create(a3[at]), b, s3);
            s4 = Avx512F.FusedMultiplyAdd(Vector512.Create(a4[at]), b, s4);
            s5 = Avx512F.FusedMultiplyAdd(Vector512.Create(a5[at]), b, s5);
            panel += Lanes;
        }

        Store(c, add, s0);
        Store(c + (1L * cStep), add, s1);
        Store(c + (2L * cStep), add, s2);
        Store(c + (3L * cStep), add, s3);
        Store(c + (4L * cStep), add, s4);
        Store(c + (5L * cStep), add, s5);
    }

    private static void Store4(float* c, bool add, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        Store(c, add, s0);
        Store(c + Lanes, add, s1);
        Store(c + (2 * Lanes), add, s2);
        Store(c + (3 * Lanes), add, s3);
    }

    private static void Store(float* c, bool add, Vector512<float> s) => (add ? s + Vector512.Load(c) : s).Store(c);
}
