using Syscribe.Training.Data;
using Syscribe.Training.Evaluate;

namespace Syscribe.Training.Tests.Evaluate;

public sealed class MetricsTests
{
    private static readonly Judged[] Four = [Positive(0.9), Negative(0.8), Positive(0.7), Negative(0.1)];

    [Theory]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(50, 100, 0.4038, 0.5962)]
    [InlineData(999, 1000, 0.9944, 0.9998)]
    public void The_interval_of_a_share_is_Wilson_s(long hits, long of, double low, double high)
    {
        var share = new Proportion(hits, of);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    [Fact]
    public void Nothing_counted_says_nothing()
    {
        Assert.Equal((0, 1), (new Proportion(0, 0).Low, new Proportion(0, 0).High));
        Assert.Equal("-", new Proportion(0, 0).ToString());
    }

    [Fact]
    public void Average_precision_adds_each_step_of_recall_at_its_precision() =>
        Assert.Equal((0.5 * 1) + (0.5 * 2 / 3), Metrics.AveragePrecision(Four), 10);

    [Fact]
    public void Equal_scores_are_one_point() =>
        Assert.Equal(0.5, Metrics.AveragePrecision([Positive(0.5), Negative(0.5)]), 10);

    [Fact]
    public void Matthews_is_one_for_the_labels_themselves_and_minus_one_for_their_opposite()
    {
        Assert.Equal(1, Metrics.Matthews([Positive(1), Negative(0)], 0.5), 10);
        Assert.Equal(-1, Metrics.Matthews([Positive(0), Negative(1)], 0.5), 10);
        Assert.Equal(0, Metrics.Matthews([Positive(1)], 0.5));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0.5, 1)]
    [InlineData(1, 0)]
    public void The_threshold_of_a_rate_lets_no_more_through(double rate, int shut)
    {
        Judged[] negatives = [Negative(0.8), Negative(0.1)];
        var threshold = Metrics.ThresholdAt(negatives, rate);
        Assert.Equal(shut, negatives.Count(one => one.Score < threshold));
    }

    [Fact]
    public void Scores_that_are_shares_are_calibrated()
    {
        Assert.Equal(0, Metrics.CalibrationError([Positive(0.5), Negative(0.5)]), 10);
        Assert.Equal(0.9, Metrics.CalibrationError([Negative(0.9)]), 10);
    }

    [Fact]
    public void A_bag_of_words_learns_words_and_not_their_order()
    {
        Example[] data = [.. Enumerable.Range(0, 400).Select(i => i % 2 == 0
            ? new Example($"call=open path=/etc/shadow n={i}", 1, ExampleKind.Positive, "r", "open", "open")
            : new Example($"call=open path=/etc/hosts n={i}", 0, ExampleKind.Benign, "", "open", "open"))];
        var model = TokenRegression.Train(data, answers: 2);

        Assert.True(model.Judge(data[0] with { Text = "path=/etc/shadow call=open" }).Alerts(0.5));
        Assert.False(model.Judge(data[1] with { Text = "path=/etc/hosts call=open" }).Alerts(0.5));
    }

    private static Judged Positive(double score) => new(new Example("", 1, ExampleKind.Positive, "r", "c", "c"), 1, score);

    private static Judged Negative(double score) => new(new Example("", 0, ExampleKind.NearMiss, "r", "c", "c"), 1, score);
}
