namespace Syscribe.Events;

/// <summary>How the blocks of an event file are compressed.</summary>
public enum EventFileCodec
{
    /// <summary>Not at all.</summary>
    Null,

    /// <summary>RFC 1951.</summary>
    Deflate,
}

/// <summary>
/// The Avro object container file, which any Avro tool opens:
/// <code>
/// header  4F 62 6A 01 | map of metadata (avro.schema, avro.codec) | 16 bytes sync
/// block   count       | size in bytes | records, compressed       | the same 16 bytes
/// </code>
/// <see href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files" />
/// </summary>
internal static class EventFile
{
    public const string SchemaKey = "avro.schema";
    public const string CodecKey = "avro.codec";
    public const int SyncBytes = 16;

    /// <summary>Most bytes of a block, packed or not: what a reader holds at most.</summary>
    public const int MostBlockBytes = 64 << 20;

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;
}

/// <summary>A file that is no event file, or ends too soon: which, at which byte, what was seen and what was allowed.</summary>
public sealed class EventFileException : IOException
{
    public EventFileException(string file, long offset, bool isTruncated, string detail, Exception? inner = null)
        : base($"{file}: {(isTruncated ? "truncated" : "corrupt")} at byte {offset}: {detail}", inner)
    {
        Offset = offset;
        IsTruncated = isTruncated;
    }

    /// <summary>Bytes from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Whether the file ends too soon, as after a crash of its writer; all events before were given.</summary>
    public bool IsTruncated { get; }
}
