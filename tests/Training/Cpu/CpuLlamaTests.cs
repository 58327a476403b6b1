using Syscribe.Training.Cpu;
using Syscribe.Training.Tests.Support;
using Syscribe.Training.Train;

namespace Syscribe.Training.Tests.Cpu;

public sealed class CpuLlamaTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public void Gradients_are_those_of_autograd(int kvHeads)
    {
        var shape = TinyTraining.Shape with { KvHeads = kvHeads };
        Assert.SkipUnless(CpuLlama.Supports(shape), "this processor has no AVX-512");
        using var training = new TinyTraining(shape: shape).Run(3);
        var examples = TinyTraining.Prepared();
        var options = TinyTraining.Options with { BatchExamples = 20 };
        var batch = PackedBatch.Of(examples, new Batches(examples, options).Of(0), options);
        using var ours = new CpuGradients(training.Model, threads: 2);
        using var torch = new TorchGradients(training.Model);

        var (expected, actual) = (torch.Step(batch), ours.Step(batch));

        Assert.Equal(expected.Loss, actual.Loss, 1e-4);
        Assert.Equal(expected.AnswerLoss, actual.AnswerLoss, 1e-4);
        for (var i = 0; i < training.Model.Weights.Count; i++)
        {
            var (theirs, mine) = (torch.Gradient(i).ToArray(), ours.Gradient(i).ToArray());
            var difference = Math.Sqrt(theirs.Zip(mine).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
            var length = Math.Sqrt(theirs.Sum(value => (double)value * value));
            Assert.True(difference <= 1e-4 * length, $"{training.Model.Weights[i].Name}: {difference} of {length}");
        }
    }

    [Theory]
    [InlineData(6, 64, 256)]
    [InlineData(7, 33, 1)]
    [InlineData(12, 16, 40)]
    [InlineData(13, 49, 33)]
    [InlineData(50, 600, 300)]
    [InlineData(1, 1, 513)]
    public unsafe void A_product_is_the_sum_of_products(int rows, int columns, int depth)
    {
        Assert.SkipUnless(MatrixProduct.IsSupported, "this processor has no AVX-512");
        var random = new Random(1);
        var (a, b) = (Numbers(random, rows * depth), Numbers(random, depth * columns));
        using var product = new MatrixProduct();
        foreach (var (aTurned, bTurned, add) in from x in (bool[])[false, true] from y in (bool[])[false, true] from z in (bool[])[false, true] select (x, y, z))
        {
            var c = Enumerable.Repeat(1f, rows * columns).ToArray();
            fixed (float* pa = a, pb = b, pc = c)
            {
                product.Multiply(
                    rows, columns, depth, aTurned ? new Matrix(pa, 1, rows) : new Matrix(pa, depth), bTurned ? new Matrix(pb, 1, depth) : new Matrix(pb, columns), pc, columns, add);
            }

            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var sum = add ? 1.0 : 0;
                    for (var k = 0; k < depth; k++)
                    {
                        sum += (double)a[aTurned ? (k * rows) + i : (i * depth) + k] * b[bTurned ? (j * depth) + k : (k * columns) + j];
                    }

                    Assert.Equal(sum, c[(i * columns) + j], 1e-4);
                }
            }
        }
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
