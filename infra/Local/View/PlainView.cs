using System.Globalization;

namespace Syscribe.Local.View;

/// <summary>One line for each alert, and one about the run every ten seconds: for files, pipes and small terminals.</summary>
public sealed class PlainView(TextWriter output) : IRunView
{
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private TimeSpan _nextStatus = StatusEvery;

    /// <inheritdoc />
    public void Note(string text) => Write(text);

    /// <inheritdoc />
    public void Alert(AlertLine alert) => Write(alert.ToString());

    /// <inheritdoc />
    public void Show(Snapshot snapshot)
    {
        if (snapshot.Elapsed < _nextStatus)
        {
            return;
        }

        _nextStatus = snapshot.Elapsed + StatusEvery;
        Write(Describe(snapshot));
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            Write(line);
        }
    }

    /// <summary>The state in one line.</summary>
    public static string Describe(Snapshot snapshot)
    {
        var drops = string.Join(", ", snapshot.Dropped.Where(d => d.Value > 0).Select(d => $"{d.Key} {d.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{snapshot.Elapsed:hh\\:mm\\:ss}  {snapshot.EventsPerSecond:N0} events/s  captured {snapshot.Captured:N0}  published {snapshot.Published:N0}  consumed {snapshot.Consumed:N0}  dropped {(drops.Length == 0 ? "0" : drops)}  alerts {snapshot.Alerts:N0}  scenarios {snapshot.ScenariosPlayed}/{snapshot.ScenariosTotal}  {snapshot.ResidentBytes >> 20} MiB");
    }

    /// <inheritdoc />
    public void Dispose() => output.Flush();

    private void Write(string line)
    {
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
