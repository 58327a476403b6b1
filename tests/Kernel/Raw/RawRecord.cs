using System.Buffers.Binary;
using System.Text;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary><c>enum block_kind</c>.</summary>
internal enum Block
{
    String = 1,
    Sockaddr = 2,
    Data = 3,
    Socket = 4,
    File = 5,
    Argv = 6,
    Envp = 7,
    Cred = 8,
    Exec = 9,
    Proc = 10,
    Comm = 11,
    ExePath = 12,
    Cgroup = 13,
    Fork = 14,
    How = 15,
    FdPair = 16,
    Unix = 17,
    Cwd = 18,
}

/// <summary>A ring-buffer record, taken apart by hand from bpf/event.h and not by the agent's own reader.</summary>
internal sealed class RawRecord
{
    public const int HeaderBytes = 104;

    public const int Syscall = 1;
    public const int Exec = 2;
    public const int Fork = 3;
    public const int Exit = 4;
    public const int IoUring = 5;

    public const int Compat32 = 1;
    public const int Cut = 2;
    public const int Fault = 4;
    public const int Leader = 8;

    private readonly Dictionary<(Block Kind, int Index), byte[]> _blocks = [];

    public RawRecord(ReadOnlySpan<byte> bytes)
    {
        Bytes = bytes.Length;
        KtimeNs = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Kind = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        Flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        Number = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        Return = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        for (var i = 0; i < 6; i++)
        {
            Args[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(24 + (8 * i))..]);
        }

        StartNs = BinaryPrimitives.ReadUInt64LittleEndian(bytes[72..]);
        Tid = BinaryPrimitives.ReadInt32LittleEndian(bytes[80..]);
        Tgid = BinaryPrimitives.ReadInt32LittleEndian(bytes[84..]);
        ParentTgid = BinaryPrimitives.ReadInt32LittleEndian(bytes[88..]);
        Euid = BinaryPrimitives.ReadUInt32LittleEndian(bytes[92..]);
        Egid = BinaryPrimitives.ReadUInt32LittleEndian(bytes[96..]);
        for (var at = HeaderBytes; at < bytes.Length;)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]);
            var padded = (size + 7) & ~7;
            Assert.False(bytes.Slice(at + 8 + size, padded - size).ContainsAnyExcept((byte)0), "padding is zero");
            Assert.True(_blocks.TryAdd(((Block)bytes[at], bytes[at + 1]), bytes.Slice(at + 8, size).ToArray()), $"two blocks {(Block)bytes[at]}");
            at += 8 + padded;
        }
    }

    public int Bytes { get; }

    public ulong KtimeNs { get; }

    public int Kind { get; }

    public int Flags { get; }

    public int Number { get; }

    public long Return { get; }

    public long[] Args { get; } = new long[6];

    public ulong StartNs { get; }

    public int Tid { get; }

    public int Tgid { get; }

    public int ParentTgid { get; }

    public uint Euid { get; }

    public uint Egid { get; }

    public bool Has(Block kind, int index = 0) => _blocks.ContainsKey((kind, index));

    public byte[] Data(Block kind, int index = 0) =>
        _blocks.TryGetValue((kind, index), out var data) ? data : throw new InvalidOperationException($"No block {kind} {index} in {this}.");

    public string Text(Block kind, int index = 0) => Encoding.UTF8.GetString(Data(kind, index));

    public string[] Texts(Block kind) => Text(kind).TrimEnd('\0').Split('\0');

    public int Int32(Block kind, int offset) => BinaryPrimitives.ReadInt32LittleEndian(Data(kind).AsSpan(offset));

    public long Int64(Block kind, int offset) => BinaryPrimitives.ReadInt64LittleEndian(Data(kind).AsSpan(offset));

    public int UInt16(Block kind, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Data(kind).AsSpan(offset));

    public override string ToString() =>
        $"kind {Kind} nr {Number} ret {Return} tgid {Tgid} flags {Flags} blocks {string.Join(", ", _blocks.Keys)}";
}
