using Syscribe.Training.Model;
using static TorchSharp.torch;

namespace Syscribe.Training.Tests.Model;

public sealed class LlamaMathTests
{
    // TorchSharp's wrappers keep the Scalars that they make of numbers no longer than until their handles are read.
    [Fact]
    public void Nothing_that_libtorch_reads_is_collected_meanwhile()
    {
        TorchRuntime.Start(threads: 1);
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (var i = 0; i < 20_000; i++)
            {
                using var scope = NewDisposeScope();
                var x = tensor(new[] { 3f, 4f });
                Assert.Equal([6f, 8f], LlamaMath.Sum(x, x).data<float>().ToArray());
                Assert.Equal(1, LlamaMath.Normed(tensor(new[] { 2f, 2f }), tensor(new[] { 1.5f, 1.5f }), epsilon: 5).data<float>()[0], 1e-5f);
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }
}
