using System.Globalization;
using System.Text;

namespace Syscribe.Training.Data;

/// <summary>What is in the data: counts, for people to read.</summary>
internal sealed class DataCard
{
    private readonly SortedDictionary<string, int> _rules = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _misses = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ExampleKind, int> _kinds = [];
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _unsampled = new(StringComparer.Ordinal);
    private int _renamed;
    private long _characters;

    public void Add(Example example)
    {
        Count(_kinds, example.Kind);
        Count(_calls, example.Origin);
        _renamed += example.Call != example.Origin ? 1 : 0;
        _characters += example.Text.Length;
        if (example.Kind is ExampleKind.Positive or ExampleKind.NearMiss)
        {
            Count(example.Kind == ExampleKind.Positive ? _rules : _misses, example.Rule);
        }
    }

    public void AddDropped(IReadOnlyDictionary<string, int> dropped)
    {
        foreach (var (reason, count) in dropped)
        {
            _dropped[reason] = _dropped.GetValueOrDefault(reason) + count;
        }
    }

    /// <summary>No event could be made for a rule, once more.</summary>
    public void Unsampled(string rule) => Count(_unsampled, rule);

    public string Write(DataOptions options, string digest, RecordedEvents recorded, IEnumerable<string> untrained)
    {
        var total = _kinds.Values.Sum();
        var text = new StringBuilder();
        Line(text, $"# Data card\n\nMade from rules with digest {digest}; seed {options.Seed}; {total} examples, {(total == 0 ? 0 : _characters / total)} characters each, {_renamed} with a changed call name.");
        Line(text, $"Not in training: {string.Join(", ", untrained.Order(StringComparer.Ordinal))}.");
        Line(text, $"Recorded: {recorded.Read} events read, {recorded.Training.Count} behaviours for training, {recorded.Test.Count} for the evaluation; left out: {recorded.Matched} that a rule matches; {recorded.Staged} of scenarios; {recorded.Untrained} of calls that are not trained became their trained kin.");
        Table(text, "Kinds", _kinds.Select(pair => (pair.Key.ToString(), pair.Value)));
        Table(text, "Rules: positives / near misses", _rules.Keys.Union(_misses.Keys).Order(StringComparer.Ordinal)
            .Select(rule => ($"{rule} ({_misses.GetValueOrDefault(rule)} near misses)", _rules.GetValueOrDefault(rule))));
        Table(text, "Drawn again, by reason", _dropped.Select(pair => (pair.Key, pair.Value)));
        Table(text, "Rules without an event, by attempts", _unsampled.Select(pair => (pair.Key, pair.Value)));
        Table(text, "System calls", _calls.OrderByDescending(pair => pair.Value).Select(pair => (pair.Key, pair.Value)));
        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, IEnumerable<(string Name, int Count)> rows)
    {
        Line(text, $"\n## {title}\n\n| | |\n|---|---|");
        foreach (var (name, count) in rows)
        {
            Line(text, $"| {name} | {count.ToString(CultureInfo.InvariantCulture)} |");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Count<T>(SortedDictionary<T, int> counts, T key)
        where T : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;
}
