using Syscribe.Training.Train;

namespace Syscribe.Training.Tests.Train;

public sealed class MuonTests
{
    [Theory]
    [InlineData(16, 64)]
    [InlineData(64, 16)]
    [InlineData(32, 32)]
    public void Every_direction_of_a_gradient_changes_a_matrix_alike(int rows, int columns)
    {
        Assert.SkipUnless(Muon.IsSupported, "The processor has no AVX-512.");
        var random = new Random(7);
        var (weight, sum) = (new float[rows * columns], new float[rows * columns]);
        var gradient = Enumerable.Range(0, weight.Length).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        using var muon = new Muon();
        muon.Update(weight, sum, gradient, rows, columns, scale: 1, rate: 1, keep: 1);

        // Against the gradient, and with rows (of the smaller side) of about one length that are about orthogonal.
        Assert.True(weight.Zip(gradient, (w, g) => w * g).Sum() < 0);
        var (small, large) = (Math.Min(rows, columns), Math.Max(rows, columns));
        for (var a = 0; a < small; a++)
        {
            for (var b = 0; b < small; b++)
            {
                var product = Enumerable.Range(0, large).Sum(k => At(a, k) * At(b, k)) / (0.25 * large);
                Assert.InRange(product, a == b ? 0.4 : -0.35, a == b ? 1.5 : 0.35);
            }
        }

        double At(int row, int column) => rows <= columns ? weight[(row * columns) + column] : weight[(column * columns) + row];
    }
}
