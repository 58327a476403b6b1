namespace Syscribe.Events;

/// <summary>
/// One parameter of an event. Its printed form is <see cref="Resolved"/>, else <see cref="Text"/>, else
/// <see cref="Value"/> in decimal (Falco's <c>evt.arg</c>).
/// </summary>
/// <param name="Name">Falco's name, else the kernel's.</param>
/// <param name="Value">Number; null where the parameter is text only.</param>
/// <param name="Text">Raw text as passed; null where there is none.</param>
/// <param name="Resolved">Flag names, enum name, <c>&lt;f&gt;/path</c>, joined path or user name; null where the value means itself.</param>
public readonly record struct Param(Utf8 Name, long? Value, Utf8 Text, Utf8 Resolved);
