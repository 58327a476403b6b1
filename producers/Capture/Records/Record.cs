using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Syscribe.Events;

namespace Syscribe.Capture.Records;

/// <summary>
/// A record copied out of the ring buffer, with its blocks indexed by kind, so that texts can be slices of it.
/// </summary>
/// <remarks>Reused: header and slices are valid until the next <see cref="Load"/>.</remarks>
internal sealed class Record
{
    /// <summary><c>MAX_RECORD_BYTES</c>.</summary>
    public const int MaxBytes = 32768;

    private const int Kinds = 32;
    private const int Arguments = 6;

    private readonly byte[] _bytes = new byte[MaxBytes];
    private readonly Range[] _blocks = new Range[Kinds];
    private readonly Range[] _strings = new Range[Arguments];
    private uint _presentBlocks;
    private uint _presentStrings;

    public ref readonly EventHeader Header => ref MemoryMarshal.AsRef<EventHeader>(_bytes.AsSpan());

    /// <summary>Copies <paramref name="record"/> and indexes it.</summary>
    /// <exception cref="RecordFormatException">It does not have the layout of <c>bpf/event.h</c>.</exception>
    public void Load(ReadOnlySpan<byte> record)
    {
        if (record.Length > MaxBytes)
        {
            throw new RecordFormatException($"Ring-buffer record of {record.Length} bytes: at most {MaxBytes} are allowed.");
        }

        var reader = new RecordReader(record);
        record.CopyTo(_bytes);
        _presentBlocks = 0;
        _presentStrings = 0;
        while (reader.TryRead(out var block, out var offset))
        {
            Index(block, offset);
        }
    }

    /// <summary>Argument <paramref name="index"/> as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Arg(int index) => Header.Args[index];

    /// <summary>The user string behind argument <paramref name="index"/>; null where there is none or it could not be read.</summary>
    public Utf8 String(int index) =>
        (_presentStrings >> index & 1) != 0 ? new Utf8(_bytes, _strings[index].Offset, _strings[index].Length) : default;

    /// <summary>Whether the record has a block of this kind.</summary>
    public bool Has(BlockKind kind) => (_presentBlocks >> (int)kind & 1) != 0;

    /// <summary>A block's bytes; null where there is none.</summary>
    public Utf8 Bytes(BlockKind kind)
    {
        ref var range = ref _blocks[(int)kind];
        return Has(kind) ? new Utf8(_bytes, range.Offset, range.Length) : default;
    }

    /// <summary>A block as a struct.</summary>
    /// <exception cref="RecordFormatException">The block is shorter than the struct.</exception>
    public bool TryBlock<T>(BlockKind kind, out T block)
        where T : unmanaged
    {
        block = default;
        if (!Has(kind))
        {
            return false;
        }

        var bytes = Bytes(kind).Span;
        if (bytes.Length < Unsafe.SizeOf<T>())
        {
            throw new RecordFormatException(
                $"Ring-buffer block of kind {kind}: {bytes.Length} bytes, {Unsafe.SizeOf<T>()} are needed. The BPF object and the agent must come from one build.");
        }

        block = MemoryMarshal.Read<T>(bytes);
        return true;
    }

    private void Index(BlockHeader block, int offset)
    {
        var range = new Range(offset, block.DataBytes);
        if (block.Kind == BlockKind.String)
        {
            if (block.Index < Arguments)
            {
                _strings[block.Index] = range;
                _presentStrings |= 1u << block.Index;
            }
        }
        else if ((int)block.Kind < Kinds)
        {
            // A later version may add kinds: those above the index are skipped.
            _blocks[(int)block.Kind] = range;
            _presentBlocks |= 1u << (int)block.Kind;
        }
    }

    private readonly record struct Range(int Offset, int Length);
}
