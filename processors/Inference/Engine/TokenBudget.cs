namespace Syscribe.Inference.Engine;

/// <summary>Shares the tokens of one decode step between sequences.</summary>
internal static class TokenBudget
{
    /// <summary>
    /// Gives each sequence in turn as many of its pending tokens as are left of <paramref name="budget"/>: the first in
    /// line is served whole before the next gets any. Never more than the budget, and something whenever anything pends.
    /// </summary>
    /// <param name="budget">Tokens of the step.</param>
    /// <param name="pending">Tokens that each sequence wants, in order of precedence.</param>
    /// <param name="shares">Receives what each gets.</param>
    /// <returns>Tokens given in all.</returns>
    public static int Share(int budget, ReadOnlySpan<int> pending, Span<int> shares)
    {
        var left = budget;
        for (var i = 0; i < pending.Length; i++)
        {
            shares[i] = Math.Min(pending[i], left);
            left -= shares[i];
        }

        return budget - left;
    }
}
