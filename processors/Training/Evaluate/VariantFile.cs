using System.Text;
using System.Text.Json;
using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Text;
using Syscribe.Training.Data;

namespace Syscribe.Training.Evaluate;

/// <summary>
/// Recorded variants: one intent carried out by several system calls, as real ones. A file of events, and beside it
/// <c>.labels.json</c>, <c>{"events": [{"rule", "intent", "call", "event", "group", "where"}, ...]}</c>, a label for each event in
/// the file's order.
/// </summary>
public static class VariantFile
{
    /// <summary>One test set for each group of the labels: <c>variants-trained</c>, <c>variants-unseen</c>, <c>variants-invented</c>.</summary>
    /// <param name="file">The events.</param>
    /// <param name="answers">The model's answers.</param>
    /// <param name="check">What of them an event allows.</param>
    /// <exception cref="InvalidDataException">The labels are not as many as the events.</exception>
    public static IReadOnlyList<(string Name, IReadOnlyList<Example> Examples)> Read(string file, KnownAnswers answers, AnswerCheck check)
    {
        using var labels = JsonDocument.Parse(File.ReadAllText(file + ".labels.json"));
        var examples = new List<(string Group, Example Example)>();
        using var reader = new SyscallEventFileReader(file);
        var e = new SyscallEvent();
        foreach (var label in labels.RootElement.GetProperty("events").EnumerateArray())
        {
            if (!reader.Read(e))
            {
                throw new InvalidDataException($"{file} holds {examples.Count} events, fewer than its labels.");
            }

            examples.Add(("variants-" + label.GetProperty("group").GetString(), ExampleOf(e, label, answers, check)));
        }

        return reader.Read(e)
            ? throw new InvalidDataException($"{file} holds more events than its {examples.Count} labels.")
            : [.. examples.GroupBy(pair => pair.Group).Select(group => (group.Key, (IReadOnlyList<Example>)[.. group.Select(pair => pair.Example)]))];
    }

    private static Example ExampleOf(SyscallEvent e, JsonElement label, KnownAnswers answers, AnswerCheck check)
    {
        var rule = label.GetProperty("rule").GetString()!;
        var answer = Enumerable.Range(1, answers.Texts.Count - 1).FirstOrDefault(answer => answers.Alert(answer)?.Rule == rule);
        return answer > 0
            ? new Example(Encoding.UTF8.GetString(ToText.Render(e)), answer, ExampleKind.Positive, rule, e.Type.ToString(), label.GetProperty("call").GetString()!, Allowed: check.Allowed(e))
            : throw new InvalidDataException($"The model knows no answer for the rule \"{rule}\".");
    }
}
