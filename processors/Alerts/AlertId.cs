using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Syscribe.Events;

namespace Syscribe.Alerts;

/// <summary>
/// Identity of an alert, so that whoever uses it as a document id sees each alert once however often a record is read.
/// </summary>
/// <remarks>
/// The first 16 bytes of SHA-256, as lower-case hex digits, over
/// <code>
/// node NUL  run(8, big endian)  seq(8, big endian)  detector(1: 0 rule, 1 LLM)  rule NUL  digest
/// </code>
/// with texts in UTF-8. Node and rule names hold no NUL, so different inputs never give the same bytes.
/// </remarks>
public static class AlertId
{
    /// <summary>32 hex digits.</summary>
    /// <param name="node">Node of the event.</param>
    /// <param name="run">Agent run of the event.</param>
    /// <param name="seq">Counter of the event in its run.</param>
    /// <param name="detector">Who raised the alert.</param>
    /// <param name="rule">Name of the rule.</param>
    /// <param name="digest">Digest of the rule set or model.</param>
    public static string Of(Utf8 node, long run, long seq, Detector detector, string rule, string digest)
    {
        const int Fixed = 1 + 8 + 8 + 1 + 1;
        var length = node.Length + Fixed + Encoding.UTF8.GetByteCount(rule) + Encoding.UTF8.GetByteCount(digest);
        var bytes = length <= 512 ? stackalloc byte[length] : new byte[length];
        var at = node.Length;
        node.Span.CopyTo(bytes);
        bytes[at++] = 0;
        BinaryPrimitives.WriteInt64BigEndian(bytes[at..], run);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(at + 8)..], seq);
        bytes[at + 16] = (byte)detector;
        at += 17;
        at += Encoding.UTF8.GetBytes(rule, bytes[at..]);
        bytes[at++] = 0;
        Encoding.UTF8.GetBytes(digest, bytes[at..]);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
