namespace Syscribe.Events;

/// <summary>What is wrong with a record's bytes.</summary>
public enum AvroFault
{
    /// <summary>The bytes end inside the named field.</summary>
    Truncated,

    /// <summary>The bytes cannot be what the schema says.</summary>
    Corrupt,
}

/// <summary>Bytes that are no record of the schema: which field, at which offset, what was seen and what was allowed.</summary>
public sealed class AvroFormatException : FormatException
{
    public AvroFormatException(AvroFault fault, string field, int offset, string detail)
        : base($"{(fault == AvroFault.Truncated ? "truncated" : "corrupt")} record at byte {offset}, field {field}: {detail}")
    {
        Fault = fault;
        Field = field;
        Offset = offset;
    }

    internal AvroFormatException(AvroFormatException other)
        : base(other.Message, other)
    {
        Fault = other.Fault;
        Field = other.Field;
        Offset = other.Offset;
    }

    /// <summary>Whether the bytes end too soon or are wrong.</summary>
    public AvroFault Fault { get; }

    /// <summary>Path of the field in the schema, as <c>params.name</c>.</summary>
    public string Field { get; }

    /// <summary>Bytes from the start of the record to where the fault was seen.</summary>
    public int Offset { get; }
}
