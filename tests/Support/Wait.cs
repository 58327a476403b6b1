namespace Syscribe.Testing;

/// <summary>Waiting on a condition with a deadline, instead of sleeping.</summary>
public static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="condition">Asked every 20 ms.</param>
    /// <param name="within">Deadline.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static Task UntilAsync(Func<bool> condition, TimeSpan within, string what) =>
        UntilAsync(() => Task.FromResult(condition()), within, what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, TimeSpan, string)" />
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan within, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > within)
                throw new TimeoutException($"not within {within.TotalSeconds} s: {what}");

            await timer.WaitForNextTickAsync();
        }
    }
}
