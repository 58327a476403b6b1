using System.Globalization;

namespace Syscribe.Local.Compare;

/// <summary>The comparison in lines: intent, system call, host and container, who saw it.</summary>
internal static class ComparisonTable
{
    private const int CallWidth = 24;
    private const int CellWidth = 9;

    public static IReadOnlyList<string> Of(Comparison comparison)
    {
        var lines = new List<string>
        {
            "",
            $"{"",-CallWidth}  {"on the host",-(3 * CellWidth)}  in a container",
            $"{"",-CallWidth}  {Heads}  {Heads}",
        };
        foreach (var intent in comparison.Variants.Where(variant => variant.Group != Comparer.Invented).GroupBy(variant => variant.Intent))
        {
            lines.Add($"{intent.Key}: {intent.First().Rule}");
            lines.AddRange(intent.GroupBy(variant => variant.Call).Select(call => Line(call.Key, [.. call])));
        }

        Invented([.. comparison.Variants.Where(variant => variant.Group == Comparer.Invented)], lines);
        Others(comparison.Variants, lines);
        Totals(comparison, lines);
        return lines;
    }

    private static string Heads => $"{"narrowed",-CellWidth}{"full",-CellWidth}{"+ model",-CellWidth}";

    private static string Line(string call, IReadOnlyList<VariantReport> places)
    {
        var mark = places[0].Group == Comparer.Trained ? " *" : "";
        return $"  {call + mark,-(CallWidth - 2)}  {Cells(places.FirstOrDefault(place => place.Where == "host"))}  {Cells(places.FirstOrDefault(place => place.Where == "container"))}".TrimEnd();
    }

    private static string Cells(VariantReport? variant) => variant switch
    {
        null => new string(' ', 3 * CellWidth),
        { Skipped: not null } => $"{"not played",-(3 * CellWidth)}",
        _ => $"{Cell(variant.Narrowed),-CellWidth}{Cell(variant.Full),-CellWidth}{(variant.WithModel is { } seen ? Cell(seen) : ""),-CellWidth}",
    };

    private static string Cell(SeenBy seen) =>
        !seen.Right ? seen.Other is null ? "-" : "other"
        : seen.Score is { } score ? string.Create(CultureInfo.InvariantCulture, $"llm {score:F2}")
        : "rule";

    private static void Invented(IReadOnlyList<VariantReport> invented, List<string> lines)
    {
        if (invented.Count == 0)
        {
            return;
        }

        lines.Add("calls that do not exist, published under their names");
        lines.AddRange(invented.Select(call => $"  {call.Call,-(CallWidth - 2)}  {Cells(call)}  {call.Intent}"));
    }

    private static void Others(IReadOnlyList<VariantReport> variants, List<string> lines)
    {
        lines.Add($"captured without {CompareRun.LeftOut.Count} calls that neither rules nor variants are about, as {string.Join(", ", CompareRun.LeftOut.Take(4))}");
        lines.Add("rule: a rule raised the intent's alert; llm: the model did, with its score; other: an alert of another rule; -: nothing; *: a call that the narrowed rules name");
        lines.AddRange(variants.Where(variant => (variant.WithModel ?? variant.Full) is { Right: false, Other: not null })
            .Select(variant => $"  other: {variant.Name}: \"{(variant.WithModel ?? variant.Full).Other}\" in place of \"{variant.Rule}\""));
        lines.AddRange(variants.Where(variant => variant.Skipped is not null).GroupBy(variant => variant.Skipped)
            .Select(reason => $"  not played, {reason.Key}: {string.Join(", ", reason.Select(variant => variant.Name))}"));
        lines.AddRange(variants.Where(variant => variant.Result is not null and not "SUCCESS" and not "unknown").GroupBy(variant => variant.Result)
            .Select(result => $"  refused by the kernel with {result.Key}, the attempt is judged: {string.Join(", ", result.Select(variant => variant.Name))}"));
    }

    private static void Totals(Comparison comparison, List<string> lines)
    {
        lines.Add("");
        lines.Add($"{"seen, of those played",-36}{"narrowed",10}{"full",10}{"+ model",10}");
        foreach (var total in comparison.Totals)
        {
            var title = total.Group switch
            {
                Comparer.Trained => $"by {total.Variants} of trained calls",
                Comparer.Unseen => $"by {total.Variants} of unseen calls",
                _ => $"by {total.Variants} of invented calls",
            };
            lines.Add($"  {title,-34}{total.Narrowed,10}{total.Full,10}{total.WithModel?.ToString(CultureInfo.InvariantCulture) ?? "",10}{Share(total)}");
        }

        foreach (var (detector, latency) in comparison.LatencyMs.Where(one => one.Value is not null))
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"latency from kernel to alert, {detector}: p50 {latency!.P50:N1} ms, p99 {latency.P99:N1} ms, of {latency.Count}"));
        }

        if (comparison.ModelMissing is { } missing)
        {
            lines.Add($"the column of the model is missing: {missing}");
        }
    }

    private static string Share(ComparisonTotal total) => total is { WithModel: { } seen, Variants: > 0 }
        ? string.Create(CultureInfo.InvariantCulture, $"   {100.0 * seen / total.Variants:F1} % with the model")
        : "";
}
