using Syscribe.Events;
using Syscribe.Rules;

namespace Syscribe.Alerts;

/// <summary>Who says what: all of an alert that does not come from its event.</summary>
/// <param name="Detector">Rule or model.</param>
/// <param name="Rule">Name of the rule, or of the one that the model learned the alert from.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="Tags">Tags, in any order.</param>
/// <param name="Source">Event source.</param>
/// <param name="Output">What it says, filled from the event.</param>
/// <param name="Digest">Digest of the rule set or model.</param>
public sealed record AlertOrigin(
    Detector Detector, string Rule, Priority Priority, IReadOnlyList<string> Tags, string Source, OutputTemplate Output, string Digest);

/// <summary>Makes the alert that a rule, or the model, raises on an event.</summary>
public static class AlertFactory
{
    /// <summary>Characters of a message at most; a longer one is cut and ends in an ellipsis.</summary>
    public const int MaxMessageChars = 32 * 1024;

    /// <summary>
    /// Characters of an output field at most. A monitored process chooses these texts, and an alert must fit into a
    /// broker's default <c>message.max.bytes</c>.
    /// </summary>
    public const int MaxFieldChars = 8 * 1024;

    /// <summary>
    /// The alert of <paramref name="rule"/> on <paramref name="e"/>; nothing in it refers to the event's memory. The same
    /// event, rule and digest give the same alert.
    /// </summary>
    /// <param name="e">The event, decoded.</param>
    /// <param name="rule">The rule that matched.</param>
    /// <param name="digest">Digest of the rule set.</param>
    public static AlertRecord Create(SyscallEvent e, Rule rule, string digest) =>
        Create(e, new AlertOrigin(Detector.Rule, rule.Name, rule.Priority, rule.Tags, rule.Source, rule.Output, digest));

    /// <summary>The alert of <paramref name="origin"/> on <paramref name="e"/>; as above.</summary>
    public static AlertRecord Create(SyscallEvent e, AlertOrigin origin)
    {
        var output = origin.Output.Render(e);
        return new AlertRecord
        {
            Id = AlertId.Of(e.Node, e.Run, e.Seq, origin.Detector, origin.Rule, origin.Digest),
            TimeNs = e.TimeNs,
            KtimeNs = e.KtimeNs,
            Node = PrintableText.Of(e.Node.ToString()),
            Run = e.Run,
            Seq = e.Seq,
            EventType = PrintableText.Of(e.Type.ToString()),
            Detector = origin.Detector,
            Rule = origin.Rule,
            Priority = (AlertPriority)origin.Priority,
            Source = origin.Source,
            Message = PrintableText.Of(output.Message, MaxMessageChars),
            Tags = [.. origin.Tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            OutputFields = output.Fields.ToDictionary(f => f.Key, f => Value(f.Value), StringComparer.Ordinal),
            ContainerId = PrintableText.Of(e.Process?.ContainerId.ToString() ?? ""),
            Pid = e.Process?.Pid ?? -1,
            Digest = origin.Digest,
        };
    }

    // Avro's union holds these types; anything else is printed, as Falco prints addresses and flags.
    private static object? Value(object? value) => value switch
    {
        null or bool or long or double => value,
        sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        ulong number when number <= long.MaxValue => (long)number,
        float number => (double)number,
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => PrintableText.Of(value.ToString() ?? "", MaxFieldChars),
    };
}
