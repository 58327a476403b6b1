using System.Runtime.InteropServices;
using System.Text;
using Syscribe.Capture.Records;

namespace Syscribe.Capture.Tests;

/// <summary>Bytes of a ring-buffer record, as the kernel side lays it out.</summary>
internal sealed class RecordBuilder
{
    private readonly List<byte> _blocks = [];
    private EventHeader _header;

    public RecordBuilder(int number, long result = 0, EventKind kind = EventKind.Syscall, uint tgid = 100)
    {
        _header = new EventHeader
        {
            KtimeNs = 1_000_000_000,
            Kind = kind,
            Number = number,
            Return = result,
            StartNs = tgid * 1_000UL,
            Tid = tgid,
            Tgid = tgid,
            ParentTgid = 1,
            Flags = EventFlags.Leader,
        };
    }

    public RecordBuilder Header(Func<EventHeader, EventHeader> change)
    {
        _header = change(_header);
        return this;
    }

    public RecordBuilder Args(params long[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            _header.Args[i] = (ulong)args[i];
        }

        return this;
    }

    public RecordBuilder Text(int index, string text) => Block(BlockKind.String, Encoding.UTF8.GetBytes(text), index);

    public RecordBuilder Block(BlockKind kind, string text) => Block(kind, Encoding.UTF8.GetBytes(text));

    public RecordBuilder Block<T>(BlockKind kind, T value)
        where T : unmanaged => Block(kind, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref value)));

    public RecordBuilder Block(BlockKind kind, ReadOnlySpan<byte> data, int index = 0)
    {
        var block = new BlockHeader { Kind = kind, Index = (byte)index, DataBytes = (ushort)data.Length };
        _blocks.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<BlockHeader>(ref block)));
        _blocks.AddRange(data);
        _blocks.AddRange(new byte[-data.Length & 7]);
        return this;
    }

    public byte[] Build() => [.. MemoryMarshal.AsBytes(new ReadOnlySpan<EventHeader>(ref _header)), .. _blocks];
}
