namespace Syscribe.Rules;

/// <summary>An alert's text, and the fields that it names.</summary>
/// <param name="Message">The text, without time and priority; missing fields are <c>&lt;NA&gt;</c>.</param>
/// <param name="Fields">
/// One entry per field, named as written, in ordinal order: <see cref="long"/>, <see cref="ulong"/>, <see cref="bool"/>, <see cref="string"/> or null;
/// and <c>evt.time</c> in nanoseconds since the epoch.
/// </param>
public sealed record RenderedOutput(string Message, IReadOnlyDictionary<string, object?> Fields);
