using System.Globalization;
using System.Text.Json;

namespace Syscribe.Bench;

/// <summary>Prints and saves a report.</summary>
internal static class Table
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    private static readonly string[] Header = ["name", "unit", "ours", "baseline", "ratio", "goal", "", "events", "drops", "B/event"];

    public static void Print(BenchReport report, Machine machine, TextWriter to)
    {
        var lines = new List<string[]> { Header };
        lines.AddRange(report.Rows.Select(Cells));
        var widths = Enumerable.Range(0, Header.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        to.WriteLine(machine);
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            to.WriteLine(string.Join("  ", cells).TrimEnd());
        }

        foreach (var note in report.Notes)
        {
            to.WriteLine("  " + note);
        }
    }

    public static void Save(BenchReport report, Machine machine, string file) =>
        File.WriteAllText(file, JsonSerializer.Serialize(new { machine, rows = report.Rows, notes = report.Notes }, Json) + "\n");

    private static string[] Cells(BenchRow row) =>
    [
        row.Name,
        row.Unit,
        Number(row.Ours),
        Number(row.Baseline),
        Number(row.Ratio),
        row.Goal switch { Goal.AtMost => "<= " + Number(row.Bound), Goal.AtLeast => ">= " + Number(row.Bound), _ => "" },
        row.Holds switch { true => "ok", false => "MISSED", null => "" },
        row.Events?.ToString(CultureInfo.InvariantCulture) ?? "",
        row.Drops?.ToString(CultureInfo.InvariantCulture) ?? "",
        Number(row.BytesPerEvent),
    ];

    private static string Number(double? value) => value switch
    {
        null => "",
        0 => "0",
        var number when Math.Abs(number.Value) >= 1000 => number.Value.ToString("F0", CultureInfo.InvariantCulture),
        var number when Math.Abs(number.Value) >= 10 => number.Value.ToString("F1", CultureInfo.InvariantCulture),
        var number => number.Value.ToString("F2", CultureInfo.InvariantCulture),
    };
}
