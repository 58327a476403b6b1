namespace Syscribe.Events;

/// <summary>Reason codes of <see cref="DeadLetterRecord.Reason"/>, as <c>dead-letter.avsc</c> lists them.</summary>
public static class DeadLetterReasons
{
    /// <summary>The registry has no schema of the record's id, or one that cannot be read as ours.</summary>
    public const string UnknownSchema = "unknown-schema";

    /// <summary>The record does not start with Confluent's magic byte 0 and a schema id.</summary>
    public const string BadMagic = "bad-magic";

    /// <summary>The record ends inside a field.</summary>
    public const string Truncated = "truncated";

    /// <summary>The record's bytes cannot be what its schema says.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>A rule failed on the event.</summary>
    public const string RuleError = "rule-error";

    /// <summary>The model failed on the event.</summary>
    public const string InferenceError = "inference-error";
}
