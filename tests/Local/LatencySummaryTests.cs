namespace Syscribe.Local.Tests;

public sealed class LatencySummaryTests
{
    [Fact]
    public void No_sample_has_no_summary() => Assert.Null(LatencySummary.Of([]));

    [Fact]
    public void One_sample_is_every_percentile() => Assert.Equal(new LatencySummary(3.5, 3.5, 1), LatencySummary.Of([3.5]));

    [Fact]
    public void Percentiles_are_nearest_ranks_whatever_the_order()
    {
        var samples = Enumerable.Range(1, 200).Select(i => (double)i).Reverse().ToArray();

        Assert.Equal(new LatencySummary(100, 198, 200), LatencySummary.Of(samples));
    }
}
