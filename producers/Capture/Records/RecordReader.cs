using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Syscribe.Capture.Records;

/// <summary>
/// Walks one ring-buffer record: the header, then its blocks in order (layout in <c>bpf/event.h</c>).
/// </summary>
/// <remarks>
/// Invariant: <c>EventHeader.Size &lt;= _at &lt;= _record.Length</c>. Anything that does not fit throws
/// <see cref="RecordFormatException"/>: records come from our own programs, so a misfit is a defect or a version
/// difference, never a normal case. Zeros after the last block that are shorter than a block header are padding.
/// </remarks>
internal ref struct RecordReader
{
    private readonly ReadOnlySpan<byte> _record;
    private int _at;

    /// <exception cref="RecordFormatException">The record is shorter than its header.</exception>
    public RecordReader(ReadOnlySpan<byte> record)
    {
        if (record.Length < EventHeader.Size)
        {
            ThrowShort("header", record.Length, 0, EventHeader.Size);
        }

        _record = record;
        _at = EventHeader.Size;
    }

    /// <summary>The record's header.</summary>
    public readonly ref readonly EventHeader Header => ref MemoryMarshal.AsRef<EventHeader>(_record);

    /// <summary>Steps to the next block; false at the end.</summary>
    /// <param name="block">Kind, argument index and size.</param>
    /// <param name="offset">Where its data starts in the record.</param>
    /// <exception cref="RecordFormatException">The block does not fit in the record.</exception>
    public bool TryRead(out BlockHeader block, out int offset)
    {
        if (_at == _record.Length)
        {
            block = default;
            offset = 0;
            return false;
        }

        if (_record.Length - _at < BlockHeader.Size)
        {
            ThrowShort("block header", _record.Length, _at, BlockHeader.Size);
        }

        block = MemoryMarshal.Read<BlockHeader>(_record[_at..]);
        offset = _at + BlockHeader.Size;
        var padded = (block.DataBytes + 7) & ~7;
        if (_record.Length - offset < padded)
        {
            ThrowShort($"block of kind {block.Kind}", _record.Length, offset, padded);
        }

        _at = offset + padded;
        return true;
    }

    [DoesNotReturn]
    private static void ThrowShort(string what, int length, int at, int needed) => throw new RecordFormatException(
        $"Ring-buffer record of {length} bytes: {what} at byte {at} needs {needed} bytes, {length - at} are left. "
        + "The BPF object and the agent must come from one build.");
}

/// <summary>A ring-buffer record does not have the layout of <c>bpf/event.h</c>.</summary>
public sealed class RecordFormatException(string message) : Exception(message);
