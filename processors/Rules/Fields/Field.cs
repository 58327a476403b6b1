using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>Whether a field takes an argument in brackets.</summary>
public enum ArgumentRule
{
    /// <summary>None.</summary>
    None,

    /// <summary>An index, or none.</summary>
    OptionalIndex,

    /// <summary>A key, or none.</summary>
    OptionalKey,

    /// <summary>A key or an index.</summary>
    Required,

    /// <summary><c>[index]</c>, or <c>.name</c> behind the field's name.</summary>
    Parameter,
}

/// <summary>One field of the rule language: what it means and how an event gives it.</summary>
public sealed class Field
{
    internal delegate bool TextReader(SyscallFields source, FieldRef field, out Utf8 value);

    internal delegate bool NumberReader(SyscallFields source, FieldRef field, out long value);

    /// <summary>Name, as <c>proc.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it holds.</summary>
    public required FieldType Type { get; init; }

    /// <summary>Meaning in one line.</summary>
    public required string Description { get; init; }

    /// <summary>Its argument.</summary>
    public ArgumentRule Argument { get; init; }

    /// <summary>
    /// Whether it holds several values when used without an argument. Of <see cref="ListSemantics.Any"/>, a comparison is
    /// true where some value makes it true.
    /// </summary>
    public ListSemantics List { get; init; }

    /// <summary>Whether it tests both end points of a connection, and has no printed form.</summary>
    public bool BothEnds { get; init; }

    /// <summary>Whether it is a domain name: its address is compared with what the names in a rule resolve to.</summary>
    public bool IsDomain { get; init; }

    /// <summary>Index of the first value of a list: 1 for ancestors, whose 0 is the process itself.</summary>
    internal int FirstItem { get; init; }

    internal TextReader? ReadText { get; init; }

    internal NumberReader? ReadNumber { get; init; }

    /// <summary>The address of an address, network or domain field: 4 or 16 bytes.</summary>
    internal TextReader? ReadAddress { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>How a condition reads a field of several values.</summary>
public enum ListSemantics
{
    /// <summary>One value.</summary>
    None,

    /// <summary>True where some value makes the comparison true: ancestors.</summary>
    Any,

    /// <summary>A set: <c>in</c> wants every value in the list, <c>intersects</c> some.</summary>
    Set,
}
