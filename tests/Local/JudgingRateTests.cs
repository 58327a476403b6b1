using Syscribe.Local.Model;

namespace Syscribe.Local.Tests;

public sealed class JudgingRateTests
{
    [Fact]
    public void As_many_suspects_may_wait_as_are_judged_in_two_seconds()
    {
        var rate = new JudgingRate();
        Assert.Equal(32, rate.Full);
        for (var second = 1; second <= 40; second++)
        {
            rate.Take(150 * second, TimeSpan.FromSeconds(second));
        }

        Assert.InRange(rate.Full, 295, 300);
    }

    [Fact]
    public void A_model_without_work_is_not_taken_for_slow_and_there_are_bounds()
    {
        var rate = new JudgingRate();
        for (var look = 1; look <= 40; look++)
        {
            rate.Take(100_000 * look, TimeSpan.FromSeconds(look));
        }

        Assert.Equal(2048, rate.Full);
        rate.Take(100_000 * 40, TimeSpan.FromSeconds(40.01));
        Assert.Equal(2048, rate.Full);
        for (var look = 41; look <= 90; look++)
        {
            rate.Take((100_000 * 40) + (look - 40), TimeSpan.FromSeconds(look));
        }

        Assert.Equal(32, rate.Full);
    }
}
