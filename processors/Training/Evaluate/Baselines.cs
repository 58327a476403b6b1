using Syscribe.Rules;
using Syscribe.Training.Data;

namespace Syscribe.Training.Evaluate;

/// <summary>
/// Detectors to compare with. Labels are the rule engine's, so what a rule set says of an example follows from the calls
/// that it names: with its call named it says the label, else nothing. For the twin of an event under another call this
/// holds by how twins are made.
/// </summary>
public static class Baselines
{
    /// <summary>The rules as they are: every call that they name.</summary>
    public static Judged AsTheyAre(RuleSet rules, Example example) => Says(example, Names(rules, example.Call));

    /// <summary>The rules narrowed to the calls that training saw.</summary>
    public static Judged Narrowed(RuleSet rules, IReadOnlySet<string> heldOut, Example example) =>
        Says(example, Names(rules, example.Call) && !heldOut.Contains(example.Call));

    /// <summary>The narrowed rules behind a table of aliases: a call that the table knows is judged as its elder kin.</summary>
    public static Judged Aliased(RuleSet rules, IReadOnlySet<string> heldOut, Example example) =>
        CallFamilies.Of(example.Call) is { } family
            ? Says(example, Names(rules, family.Seen[0]))
            : Narrowed(rules, heldOut, example);

    /// <summary>The rules without their calls: the first one that the event does not contradict.</summary>
    public static Judged Widened(Example example)
    {
        var first = example.Allowed?.FirstOrDefault() ?? 0;
        return new(example, first, Math.Sign(first));
    }

    private static bool Names(RuleSet rules, string call) => rules.Names(Events.Utf8.From(call));

    private static Judged Says(Example example, bool knows) =>
        new(example, knows ? example.Answer : 0, knows && example.Answer > 0 ? 1 : 0);
}
