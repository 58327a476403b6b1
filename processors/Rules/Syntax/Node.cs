using Syscribe.Events;

namespace Syscribe.Rules.Syntax;

/// <summary>A condition's syntax tree. <see cref="Position"/> is the character index in the parsed text.</summary>
public abstract record Node(int Position);

/// <summary>True where every child is, tested left to right.</summary>
public sealed record AndNode(IReadOnlyList<Node> Children, int Position) : Node(Position);

/// <summary>True where some child is, tested left to right.</summary>
public sealed record OrNode(IReadOnlyList<Node> Children, int Position) : Node(Position);

/// <summary>Plain Boolean negation, also of a comparison that is false because its field is missing.</summary>
public sealed record NotNode(Node Child, int Position) : Node(Position);

/// <summary>A bare identifier: a macro's name.</summary>
public sealed record MacroNode(string Name, int Position) : Node(Position);

/// <summary>A comparison; <see cref="Right"/> is null for <c>exists</c> only.</summary>
public sealed record CompareNode(Operand Left, CompareOperator Operator, Modifier Modifier, Operand? Right, int Position)
    : Node(Position);

/// <summary>A side of a comparison.</summary>
public abstract record Operand(int Position);

/// <summary>A field with its argument; on the right side it was written <c>val(field)</c>.</summary>
public sealed record FieldOperand(string Name, string? Argument, int Position) : Operand(Position)
{
    /// <summary>The field as written, argument included.</summary>
    public string Text => Argument is null ? Name : $"{Name}[{Argument}]";
}

/// <summary>A transformer's call; the argument in brackets is <c>getopt</c>'s.</summary>
public sealed record TransformOperand(string Name, IReadOnlyList<Operand> Arguments, string? Argument, int Position)
    : Operand(Position);

/// <summary>A literal: bytes, since escapes may spell what is no UTF-8.</summary>
public sealed record TextOperand(Utf8 Value, int Position) : Operand(Position);

/// <summary>A list of literals, or of operands inside a transformer's call.</summary>
public sealed record ListOperand(IReadOnlyList<Operand> Items, int Position) : Operand(Position);
