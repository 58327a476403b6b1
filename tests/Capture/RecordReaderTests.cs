using FsCheck;
using FsCheck.Fluent;
using Syscribe.Capture.Records;
using Record = Syscribe.Capture.Records.Record;

namespace Syscribe.Capture.Tests;

public sealed class RecordReaderTests
{
    private static readonly byte[] Whole = new RecordBuilder(257, 3)
        .Args(-100, 1, 0, 0)
        .Text(1, "/etc/passwd")
        .Block(BlockKind.File, new FileBlock { Ino = 12, Dev = 0xfe00 })
        .Block(BlockKind.Data, "")
        .Build();

    [Fact]
    public void A_record_is_read_back_as_it_was_built()
    {
        var record = new Record();
        record.Load(Whole);

        Assert.Equal((257, 3L, -100L), (record.Header.Number, record.Header.Return, (long)record.Arg(0)));
        Assert.Equal("/etc/passwd", record.String(1).ToString());
        Assert.True(record.String(0).IsNull);
        Assert.True(record.TryBlock(BlockKind.File, out FileBlock file));
        Assert.Equal((12UL, 0xfe00u), (file.Ino, file.Dev));
        Assert.Equal((false, 0), (record.Bytes(BlockKind.Data).IsNull, record.Bytes(BlockKind.Data).Length));
        Assert.True(record.Bytes(BlockKind.Argv).IsNull);
    }

    [Fact]
    public void A_record_cut_inside_a_block_or_its_header_is_refused()
    {
        var ends = new HashSet<int> { EventHeader.Size, EventHeader.Size + 24, EventHeader.Size + 24 + 32, Whole.Length };
        for (var length = 0; length <= Whole.Length; length++)
        {
            var record = new Record();
            var cut = Whole[..length];
            if (ends.Contains(length))
            {
                record.Load(cut);
            }
            else
            {
                var thrown = Assert.Throws<RecordFormatException>((Action)(() => record.Load(cut)));
                Assert.Contains($"{length} bytes", thrown.Message);
            }
        }
    }

    [Fact]
    public void Unknown_block_kinds_are_skipped()
    {
        var record = new Record();
        record.Load(new RecordBuilder(0).Block((BlockKind)31, "new").Block((BlockKind)200, "newer").Block(BlockKind.Data, "old").Build());

        Assert.Equal("old", record.Bytes(BlockKind.Data).ToString());
    }

    [Fact]
    public void A_block_that_is_shorter_than_its_structure_is_refused()
    {
        var record = new Record();
        record.Load(new RecordBuilder(0).Block(BlockKind.File, "short").Build());

        var thrown = Assert.Throws<RecordFormatException>(() => record.TryBlock(BlockKind.File, out FileBlock _));
        Assert.Contains("5 bytes, 24 are needed", thrown.Message);
    }

    [Fact]
    public void A_record_over_the_bound_is_refused() =>
        Assert.Throws<RecordFormatException>(() => new Record().Load(new byte[Record.MaxBytes + 1]));

    [Fact]
    public void Random_bytes_are_read_or_refused_and_nothing_else() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] record = [.. new byte[EventHeader.Size], .. bytes];
        try
        {
            new Record().Load(record);
        }
        catch (RecordFormatException)
        {
            // The only exception that is allowed.
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Structures_have_the_sizes_of_event_h()
    {
        Assert.Equal(
            [104, 8, 64, 24, 64, 32, 40, 16, 8, 8, 56],
            new[]
            {
                System.Runtime.CompilerServices.Unsafe.SizeOf<EventHeader>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<BlockHeader>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<SocketBlock>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<FileBlock>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<CredBlock>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<ExecBlock>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<ProcBlock>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<ForkBlock>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<SyscallDescription>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<Settings>(),
                System.Runtime.CompilerServices.Unsafe.SizeOf<KernelCounters>(),
            });
    }
}
