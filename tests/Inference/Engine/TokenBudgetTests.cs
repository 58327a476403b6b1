using FsCheck;
using FsCheck.Fluent;
using Syscribe.Inference.Engine;

namespace Syscribe.Inference.Tests.Engine;

public sealed class TokenBudgetTests
{
    private static readonly Gen<int[]> Pending =
        from count in Gen.Choose(0, 20)
        from pending in Gen.ArrayOf(Gen.Choose(0, 300), count)
        select pending;

    [Fact]
    public void A_step_takes_as_much_as_it_may_in_order_and_never_more() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(10_000), Prop.ForAll(
            Gen.Choose(1, 1000).ToArbitrary(), Pending.ToArbitrary(), (budget, pending) =>
            {
                var shares = new int[pending.Length];
                var given = TokenBudget.Share(budget, pending, shares);
                return given == shares.Sum()
                    && given == Math.Min(budget, pending.Sum())
                    && shares.Zip(pending).All(pair => pair.First >= 0 && pair.First <= pair.Second)
                    && InOrder(shares, pending);
            }));

    // Once one got less than it wanted, those behind it get nothing.
    private static bool InOrder(int[] shares, int[] pending)
    {
        var wanting = false;
        for (var i = 0; i < shares.Length; i++)
        {
            if (wanting && shares[i] > 0)
            {
                return false;
            }

            wanting |= shares[i] < pending[i];
        }

        return true;
    }
}
