namespace Syscribe.Rules.Fields;

/// <summary>What a field holds, which decides the operators and values that a condition may use with it.</summary>
public enum FieldType
{
    /// <summary>Bytes, usually UTF-8: strings, paths, flags as names.</summary>
    Text,

    /// <summary>Signed 64-bit integer.</summary>
    Int,

    /// <summary>Unsigned 64-bit integer; a negative literal wraps.</summary>
    UInt,

    /// <summary>Unsigned 32-bit integer; a negative literal wraps.</summary>
    UInt32,

    /// <summary>Port number; a literal may be a service name.</summary>
    Port,

    /// <summary>Length of time in nanoseconds.</summary>
    Duration,

    /// <summary>Nanoseconds since the Unix epoch.</summary>
    Time,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,

    /// <summary>IPv4 or IPv6 address.</summary>
    Ip,

    /// <summary>Address, compared with networks.</summary>
    Net,

    /// <summary>Raw bytes of a buffer.</summary>
    Bytes,
}

/// <summary>Groups of field types.</summary>
public static class FieldTypes
{
    /// <summary>Whether values are read as <see cref="long"/>.</summary>
    public static bool IsNumber(this FieldType type) =>
        type is FieldType.Int or FieldType.UInt or FieldType.UInt32 or FieldType.Port or FieldType.Duration or FieldType.Time;

    /// <summary>Whether numbers compare without a sign.</summary>
    public static bool IsUnsigned(this FieldType type) =>
        type is FieldType.UInt or FieldType.UInt32 or FieldType.Port or FieldType.Duration or FieldType.Time;

    /// <summary>The name used in lists of fields.</summary>
    public static string Text(this FieldType type) => type switch
    {
        FieldType.Text => "string",
        FieldType.Int => "integer",
        FieldType.UInt or FieldType.UInt32 => "unsigned",
        FieldType.Port => "port",
        FieldType.Duration => "duration (ns)",
        FieldType.Time => "time (ns)",
        FieldType.Bool => "boolean",
        FieldType.Ip => "address",
        FieldType.Net => "network",
        _ => "bytes",
    };
}
