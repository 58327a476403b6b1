namespace Syscribe.Local.View;

/// <summary>Where a run shows itself. Calls come from one thread at a time.</summary>
public interface IRunView : IDisposable
{
    /// <summary>A line about the run itself.</summary>
    void Note(string text);

    /// <summary>An alert has come.</summary>
    void Alert(AlertLine alert);

    /// <summary>The state now; called about twice a second.</summary>
    void Show(Snapshot snapshot);

    /// <summary>The last words of the run; nothing is shown after them.</summary>
    void End(IReadOnlyList<string> lines);
}
