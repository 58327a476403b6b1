using System.Text.Json.Serialization;

namespace Syscribe.Training.Data;

/// <summary>Why an example is in the data.</summary>
public enum ExampleKind
{
    /// <summary>An event that a rule matches.</summary>
    Positive,

    /// <summary>A positive with one atom of its rule's condition broken, so that no rule matches.</summary>
    NearMiss,

    /// <summary>Ordinary work, recorded or made, that no rule matches.</summary>
    Benign,

    /// <summary>An event whose call's name means nothing, and which therefore must not alert.</summary>
    Gibberish,
}

/// <summary>
/// One line of training or evaluation data. The label is the rule engine's and nobody else's.
/// </summary>
/// <param name="Text">The event as <see cref="Syscribe.Inference.Text.ToText"/> renders it, after augmentation.</param>
/// <param name="Answer">Index into the known answers; 0 is harmless.</param>
/// <param name="Kind">Why it is here.</param>
/// <param name="Rule">Name of the rule that it was made from; empty where it was made from none.</param>
/// <param name="Call">System call as the text names it, perturbed or not.</param>
/// <param name="Origin">The real call that the event was made as, before any perturbation of its name.</param>
/// <param name="Missed">Of a near miss, the answer of the rule that it just misses; else 0.</param>
/// <param name="Broken">Of a near miss, the keys of its text that keep the rule from matching, joined by commas.</param>
/// <param name="Checked">Of a near miss, whether <see cref="Syscribe.Inference.Suspects.AnswerCheck"/> would refuse that rule's alert by any call.</param>
/// <param name="Allowed">Of a test set, the answers that <see cref="Syscribe.Inference.Suspects.AnswerCheck"/> lets pass; null for all.</param>
public sealed record Example(
    string Text,
    int Answer,
    ExampleKind Kind,
    string Rule,
    string Call,
    string Origin,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Missed = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Broken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Checked = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Allowed = null);
