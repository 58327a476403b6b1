using System.Globalization;
using Syscribe.Local.Model;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Syscribe.Local.View;

/// <summary>A table that redraws itself in the terminal: counters on top, the newest alerts below.</summary>
public sealed class LiveView : IRunView
{
    private const int KeptAlerts = 200;
    private readonly IAnsiConsole _console;
    private readonly Lock _lock = new();
    private readonly Queue<AlertLine> _alerts = new();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _drawing;
    private Snapshot? _snapshot;
    private volatile bool _stale = true;

    /// <summary>Starts drawing on <paramref name="console"/>, four times a second at most.</summary>
    public LiveView(IAnsiConsole console)
    {
        _console = console;
        _drawing = Task.Run(DrawAsync);
    }

    /// <inheritdoc />
    public void Note(string text) => Alert(new AlertLine(TimeProvider.System.GetUtcNow(), "", "", "", text, null));

    /// <inheritdoc />
    public void Alert(AlertLine alert)
    {
        lock (_lock)
        {
            _alerts.Enqueue(alert);
            while (_alerts.Count > KeptAlerts)
            {
                _alerts.Dequeue();
            }
        }

        _stale = true;
    }

    /// <inheritdoc />
    public void Show(Snapshot snapshot)
    {
        _snapshot = snapshot;
        _stale = true;
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<string> lines)
    {
        Dispose();
        foreach (var line in lines)
        {
            _console.WriteLine(line);
        }
    }

    /// <summary>Draws a last time and stops.</summary>
    public void Dispose()
    {
        _stop.TrySetResult();
        _drawing.Wait(TimeSpan.FromSeconds(2));
    }

    private Task DrawAsync() => _console.Live(new Text("starting ...")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(
        async context =>
        {
            while (!_stop.Task.IsCompleted)
            {
                if (_stale)
                {
                    _stale = false;
                    context.UpdateTarget(Draw());
                }

                await Task.WhenAny(_stop.Task, Task.Delay(250));
            }

            context.UpdateTarget(Draw());
        });

    private Rows Draw()
    {
        var rows = new List<IRenderable>();
        if (_snapshot is { } now)
        {
            rows.Add(Counters(now));
            if (now.Inference is { } model)
            {
                rows.Add(Inference(model, now.TokensPerSecond));
            }
        }

        rows.Add(Alerts(_snapshot?.Inference is null ? 8 : 13));
        return new Rows(rows);
    }

    private static Table Counters(Snapshot now)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        foreach (var title in (string[])["elapsed", "events/s", "captured", "published", "consumed", "dropped", "alerts", "scenarios", "memory"])
        {
            table.AddColumn(new TableColumn($"[grey]{title}[/]").RightAligned());
        }

        var dropped = now.Dropped.Values.Sum();
        table.AddRow(
            now.Elapsed.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture),
            Number(now.EventsPerSecond),
            Number(now.Captured),
            Number(now.Published),
            Number(now.Consumed),
            dropped == 0 ? "[green]0[/]" : $"[red]{Number(dropped)}[/]",
            $"[yellow]{Number(now.Alerts)}[/]",
            $"{now.ScenariosPlayed}/{now.ScenariosTotal}",
            $"{now.ResidentBytes >> 20} MiB");
        return table;
    }

    private static Table Inference(InferenceReport model, (double Prefill, double Decode) tokensPerSecond)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        foreach (var title in (string[])["unregistered", "novel", "left out", "queue", "batch", "prefill/s", "decode/s", "from cache", "inferences", "p50/p99 ms", "llm alerts"])
        {
            table.AddColumn(new TableColumn($"[grey]{title}[/]").RightAligned());
        }

        table.AddRow(
            Number(model.Selected.GetValueOrDefault("unregistered")),
            Number(model.Selected.GetValueOrDefault("novel")),
            Number(model.LeftRepeated + model.LeftBusy),
            Number(model.NotJudged),
            Number(model.Running),
            Number(tokensPerSecond.Prefill),
            Number(tokensPerSecond.Decode),
            Number(model.FromCache),
            model.ReductionRatio.ToString("P2", CultureInfo.InvariantCulture),
            model.LatencyMs is { } ms ? $"{Number(ms.P50)}/{Number(ms.P99)}" : "-",
            $"[yellow]{Number(model.Alerts)}[/]");
        return table;
    }

    private Rows Alerts(int linesAbove)
    {
        var room = Math.Max(5, _console.Profile.Height - linesAbove);
        AlertLine[] newest;
        lock (_lock)
        {
            newest = [.. _alerts.TakeLast(room)];
        }

        return new Rows(newest.Select(alert => Line(alert, _console.Profile.Width)));
    }

    // One line each, or a long one would push the counters off the screen.
    private static Markup Line(AlertLine alert, int width)
    {
        var colour = alert.Priority switch
        {
            "Emergency" or "Alert" or "Critical" or "Error" => "red",
            "Warning" => "yellow",
            "" => "grey",
            _ => "blue",
        };
        var text = alert.Rule.Length == 0 ? alert.Message : $"{alert.Rule}: {alert.Message}";
        var head = string.Create(CultureInfo.InvariantCulture, $"{alert.Time.ToLocalTime():HH:mm:ss} {alert.Priority,-13} {alert.Detector,-4} ");
        var room = Math.Max(10, width - head.Length - 1);
        var cut = text.Length > room ? string.Concat(text.AsSpan(0, room - 1), "…") : text;
        return new Markup($"[{colour}]{Markup.Escape(head)}[/]{Markup.Escape(cut)}");
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
