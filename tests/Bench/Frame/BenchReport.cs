namespace Syscribe.Bench;

/// <summary>Which side of the goal is good.</summary>
internal enum Goal
{
    /// <summary>A number for information.</summary>
    None,

    /// <summary>The ratio, or the value where there is no baseline, is at most the goal.</summary>
    AtMost,

    /// <summary>It is at least the goal.</summary>
    AtLeast,
}

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Unit of <paramref name="Ours"/> and <paramref name="Baseline"/>.</param>
/// <param name="Ours">Our value: the better of the rounds.</param>
/// <param name="Baseline">The baseline's, likewise; null where there is none.</param>
/// <param name="Goal">Which way the goal goes.</param>
/// <param name="Bound">The goal.</param>
/// <param name="Events">Events measured in our round.</param>
/// <param name="Drops">Events lost in our round; null where nothing can be.</param>
/// <param name="BytesPerEvent">Managed bytes allocated per event on our side; null where not measured.</param>
internal sealed record BenchRow(
    string Name,
    string Unit,
    double Ours,
    double? Baseline = null,
    Goal Goal = Goal.None,
    double Bound = 0,
    long? Events = null,
    long? Drops = null,
    double? BytesPerEvent = null)
{
    /// <summary>Ours to the baseline.</summary>
    public double? Ratio => Baseline is > 0 ? Ours / Baseline : null;

    /// <summary>Whether the goal holds; null without one.</summary>
    public bool? Holds => Goal switch
    {
        Goal.AtMost => (Ratio ?? Ours) <= Bound,
        Goal.AtLeast => (Ratio ?? Ours) >= Bound,
        _ => null,
    };
}

/// <summary>What the benches found.</summary>
internal sealed class BenchReport
{
    private readonly List<BenchRow> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<BenchRow> Rows => _rows;

    /// <summary>What a reader of the table must know.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public void Add(BenchRow row) => _rows.Add(row);

    public void Note(string note) => _notes.Add(note);
}
