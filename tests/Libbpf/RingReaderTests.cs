using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace Syscribe.Libbpf.Tests;

/// <summary>The reader against a ring in plain memory, written the way kernel/bpf/ringbuf.c writes it.</summary>
public sealed unsafe class RingReaderTests : IDisposable
{
    private const int RingBytes = 4096;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed((2 * RingBytes) + 16);
    private readonly RingReader _reader;

    public RingReaderTests() => _reader = new RingReader(Consumer, Producer, Data, RingBytes);

    private ulong* Consumer => (ulong*)_memory;

    private ulong* Producer => (ulong*)_memory + 1;

    private byte* Data => _memory + 16;

    [Fact]
    public void An_empty_ring_has_no_record()
    {
        Assert.False(_reader.TryRead(out var record));
        Assert.True(record.IsEmpty);
        Assert.Equal(0, _reader.PendingBytes);
    }

    [Fact]
    public void A_record_that_is_being_written_holds_back_those_behind_it()
    {
        var first = Produce(24, fill: 1, RingReader.BusyBit);
        Produce(8, fill: 2);

        Assert.False(_reader.TryRead(out _));
        Assert.Equal(32 + 16, _reader.PendingBytes);

        Mark(first, 24);
        Assert.True(_reader.TryRead(out var record));
        Assert.Equal(24, record.Length);
        Assert.True(_reader.TryRead(out record));
        Assert.Equal(2, record[0]);
    }

    [Fact]
    public void A_discarded_record_is_passed_over_and_its_memory_given_back()
    {
        Produce(16, fill: 1, RingReader.DiscardBit);

        Assert.False(_reader.TryRead(out _));
        Assert.Equal(24ul, *Consumer);
    }

    [Fact]
    public void Memory_is_given_back_when_a_sixteenth_is_read_and_not_at_every_record()
    {
        for (var i = 0; i < 10; i++)
        {
            Produce(56, fill: 1);
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.True(_reader.TryRead(out _));
            Assert.Equal(0ul, *Consumer);
        }

        Assert.True(_reader.TryRead(out _));
        Assert.Equal(256ul, *Consumer);
    }

    [Fact]
    public void Records_come_out_as_they_went_in_for_any_sizes_and_any_number_of_laps()
    {
        Prop.ForAll<ushort[]>(sizes =>
        {
            foreach (var size in sizes)
            {
                var bytes = 1 + (size % 1500);
                var fill = (byte)(size ^ 0x5a);
                Produce(bytes, fill);
                Assert.True(_reader.TryRead(out var record));
                Assert.Equal(bytes, record.Length);
                Assert.False(record.ContainsAnyExcept(fill));
                _reader.Release();
                Assert.Equal(*Producer, *Consumer);
            }

            Assert.False(_reader.TryRead(out _));
        }).QuickCheckThrowOnFailure();
    }

    public void Dispose() => NativeMemory.Free(_memory);

    private ulong Produce(int bytes, byte fill, uint flags = 0)
    {
        var at = *Producer;
        for (var i = 0; i < bytes; i++)
        {
            Write(at + RingReader.HeaderBytes + (ulong)i, fill);
        }

        Mark(at, (uint)bytes | flags);
        *Producer = at + (((ulong)bytes + RingReader.HeaderBytes + 7) & ~7ul);
        return at;
    }

    private void Mark(ulong at, uint header)
    {
        for (var i = 0; i < 4; i++)
        {
            Write(at + (ulong)i, (byte)(header >> (8 * i)));
        }
    }

    // The kernel maps the same pages twice; here each byte is written twice.
    private void Write(ulong at, byte value)
    {
        var offset = at % RingBytes;
        Data[offset] = value;
        Data[offset + RingBytes] = value;
    }
}
