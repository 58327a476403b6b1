using System.Collections.Frozen;
using Syscribe.Events;
using Syscribe.Rules;

namespace Syscribe.Inference.Suspects;

/// <summary>
/// Which of a model's answers an event allows: those whose rule, its system calls left aside, the event does not contradict
/// (<see cref="RuleWidening"/>). A model knows kin of a call that no rule names; whether a path is on a rule's list, the rule
/// knows better. Thread safe.
/// </summary>
public sealed class AnswerCheck
{
    private readonly RuleSet _widened;
    private readonly FrozenDictionary<Rule, int> _answers;
    private readonly ThreadLocal<List<Rule>> _matches = new(() => []);

    /// <param name="rules">The rules in force: their exceptions, and that one is disabled, hold for the model as well.</param>
    /// <param name="answers">The model's answers.</param>
    public AnswerCheck(RuleSet rules, KnownAnswers answers)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(answers);
        _widened = RuleWidening.Widen(rules);
        _answers = _widened.Rules.Select(rule => (Rule: rule, Answer: answers.IndexOf(rule))).Where(pair => pair.Answer > 0)
            .ToFrozenDictionary(pair => pair.Rule, pair => pair.Answer);
        var checkedOnes = rules.Rules.Select(answers.IndexOf).ToHashSet();
        Unchecked = [.. Enumerable.Range(1, answers.Texts.Count - 1).Where(answer => !checkedOnes.Contains(answer))];
    }

    /// <summary>Answers of rules that are not among those in force, nor disabled: every event allows them.</summary>
    public IReadOnlyList<int> Unchecked { get; }

    /// <summary>The answers that <paramref name="e"/> allows, without the harmless one, which every event does.</summary>
    public IReadOnlyList<int> Allowed(SyscallEvent e)
    {
        var matches = _matches.Value!; // The factory never answers null.
        _widened.Evaluate(e, matches);
        return [.. Unchecked, .. matches.Select(rule => _answers.GetValueOrDefault(rule)).Where(answer => answer > 0).Distinct()];
    }
}
