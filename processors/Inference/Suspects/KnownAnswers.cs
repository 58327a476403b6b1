using Syscribe.Inference.Engine;
using Syscribe.Rules;
using Syscribe.Rules.Syntax;

namespace Syscribe.Inference.Suspects;

/// <summary>An alert that the model can answer with.</summary>
/// <param name="Rule">Name of the rule that it was learned from.</param>
/// <param name="Tags">The rule's tags.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="Output">What it says, with placeholders that are filled from the event and never by the model.</param>
public sealed record KnownAlert(string Rule, IReadOnlyList<string> Tags, Priority Priority, OutputTemplate Output);

/// <summary>
/// What a model may answer: index 0 is <see cref="Harmless"/>, every other is <c>Priority Output</c> of a rule, as
/// <c>Critical A shell was opened in a container (user=%user.name)</c>. Training and serving share this form. Immutable.
/// </summary>
public sealed class KnownAnswers
{
    /// <summary>The answer that is no alert.</summary>
    public const string Harmless = "NONE";

    private readonly KnownAlert?[] _alerts;

    private KnownAnswers(IReadOnlyList<string> texts, KnownAlert?[] alerts)
    {
        Texts = texts;
        _alerts = alerts;
    }

    /// <summary>Texts, as the model writes them.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>The rules, parallel to <see cref="Texts"/>; with an empty name for the harmless answer.</summary>
    public IReadOnlyList<AnswerRule> Rules => [.. _alerts.Select(alert => new AnswerRule(alert?.Rule ?? "", alert?.Tags ?? []))];

    /// <summary>The alert of answer <paramref name="index"/>; null for the harmless one.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such answer.</exception>
    public KnownAlert? Alert(int index) => _alerts[index];

    /// <summary>The answer that stands for <paramref name="rule"/>: by its name, else by what it says; -1 for none.</summary>
    public int IndexOf(Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var named = Array.FindIndex(_alerts, alert => alert?.Rule == rule.Name);
        return named >= 0 ? named : Array.FindIndex(_alerts, alert => alert?.Priority == rule.Priority && alert.Output.Text == rule.Output.Text);
    }

    /// <summary>The answers that a set of rules teaches: one for each different priority and output of an enabled rule.</summary>
    /// <remarks>Two rules that say the same cannot be told apart by their answer; the first one names it.</remarks>
    public static KnownAnswers From(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var taught = rules.Rules.Where(rule => rule.Enabled)
            .DistinctBy(rule => $"{rule.Priority} {rule.Output.Text}", StringComparer.Ordinal).ToArray();
        return Parse(
            [Harmless, .. taught.Select(rule => $"{rule.Priority} {rule.Output.Text}")],
            [new AnswerRule("", []), .. taught.Select(rule => new AnswerRule(rule.Name, rule.Tags))]);
    }

    /// <summary>Reads answers that are stored with a model.</summary>
    /// <param name="texts">The answers, the harmless one first.</param>
    /// <param name="rules">Their rules; empty where the model does not say, then each output's text serves as its name.</param>
    /// <exception cref="FormatException">An answer is not of the form; the message says which and why.</exception>
    public static KnownAnswers Parse(IReadOnlyList<string> texts, IReadOnlyList<AnswerRule> rules)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(rules);
        if (texts.Count < 2 || texts[0] != Harmless)
        {
            throw new FormatException($"The known answers are {texts.Count}, the first \"{texts.FirstOrDefault()}\"; there must be two or more, the first {Harmless}.");
        }

        if (rules.Count != 0 && rules.Count != texts.Count)
        {
            throw new FormatException($"There are {texts.Count} known answers and {rules.Count} rules; they must be as many, or no rules.");
        }

        var alerts = texts.Select((text, i) => i == 0 ? null : ParseAlert(text, i, rules.Count == 0 ? null : rules[i])).ToArray();
        return new KnownAnswers([.. texts], alerts);
    }

    private static KnownAlert ParseAlert(string text, int index, AnswerRule? rule)
    {
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0 || !Enum.GetNames<Priority>().Contains(text[..blank]))
        {
            throw new FormatException(
                $"Known answer {index} does not start with a priority ({string.Join(", ", Enum.GetNames<Priority>())}): \"{text}\"");
        }

        try
        {
            var output = OutputTemplate.Parse(text[(blank + 1)..]);
            return new KnownAlert(rule is { Name.Length: > 0 } ? rule.Name : output.Text, rule?.Tags ?? [], Enum.Parse<Priority>(text[..blank]), output);
        }
        catch (SyntaxException e)
        {
            throw new FormatException($"Known answer {index} has an output that cannot be filled: {e.Message} \"{text}\"", e);
        }
    }
}
