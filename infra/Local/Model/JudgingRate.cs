namespace Syscribe.Local.Model;

/// <summary>How fast the model judges, and so how many suspects may wait for it.</summary>
internal sealed class JudgingRate
{
    // An alert of the model shall come within about two seconds.
    private const double LongestWaitSeconds = 2;
    private const double Least = 32, Most = 2048;

    // A look counts for a third, the ones before for the rest: the machine's other work comes and goes.
    private const double Weight = 1 / 3.0;
    private (long Answers, TimeSpan In) _last;
    private double _perSecond = Least / LongestWaitSeconds;
    private long _full = (long)Least;

    /// <summary>Suspects that may wait. Any thread.</summary>
    public long Full => Volatile.Read(ref _full);

    /// <summary>A look at the engine's counters, all since its start.</summary>
    /// <param name="answers">Answers.</param>
    /// <param name="inModel">Time inside the model.</param>
    public void Take(long answers, TimeSpan inModel)
    {
        var seconds = (inModel - _last.In).TotalSeconds;
        if (seconds < 0.05)
        {
            return; // It had hardly anything to do: that says nothing about its speed.
        }

        _perSecond += Weight * (((answers - _last.Answers) / seconds) - _perSecond);
        _last = (answers, inModel);
        Volatile.Write(ref _full, (long)Math.Clamp(_perSecond * LongestWaitSeconds, Least, Most));
    }
}
