using FsCheck;
using FsCheck.Fluent;

namespace Syscribe.Events.Tests;

/// <summary>Whatever the bytes, the decoder gives an event or an <see cref="AvroFormatException"/>, soon and with little memory.</summary>
public class BadBytesTests
{
    private readonly SyscallEventDecoder _decoder = new(16);

    [Fact]
    public void A_record_cut_at_any_offset_is_refused()
    {
        var into = new SyscallEvent();
        foreach (var e in EventGenerators.Events(EventGenerators.AnyText).Sample(numberOfSamples: 20, size: 8))
        {
            var bytes = SyscallEventEncoder.ToArray(e);
            for (var length = 0; length < bytes.Length; length++)
            {
                // A copy of its own, so that a read past the cut is a read past the array.
                var cut = bytes[..length];
                var error = Assert.Throws<AvroFormatException>(() => _decoder.Decode(cut, 0, cut.Length, into));
                Assert.Equal(AvroFault.Truncated, error.Fault);
                Assert.InRange(error.Offset, 0, length);
                Assert.NotEmpty(error.Field);
            }
        }
    }

    [Fact]
    public void A_record_cut_at_any_offset_of_a_larger_payload_reads_nothing_past_the_cut()
    {
        var bytes = SyscallEventEncoder.ToArray(EventGenerators.Events(EventGenerators.AnyText).Sample(numberOfSamples: 20, size: 8).MaxBy(SyscallEventEncoder.Measure)!);
        var into = new SyscallEvent();
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = Assert.Throws<AvroFormatException>(() => _decoder.Decode(bytes, 0, length, into));
            Assert.InRange(error.Offset, 0, length);
            Assert.Throws<AvroFormatException>(() => _decoder.DecodeNext(bytes, 0, length, into));
        }
    }

    [Fact]
    public void Bytes_changed_at_random_give_an_event_or_the_error_and_bounded_memory()
    {
        var decoder = new SyscallEventDecoder(64, 1 << 16);
        var read = new SyscallEvent();
        Prop.ForAll(EventGenerators.Events(EventGenerators.AnyText).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (e, seed) =>
        {
            var random = new Random(seed);
            var bytes = SyscallEventEncoder.ToArray(e);
            for (var i = 0; i < 30; i++)
            {
                var bad = (byte[])bytes.Clone();
                for (var changes = random.Next(1, 5); changes > 0; changes--)
                    bad[random.Next(bad.Length)] = (byte)random.Next(256);

                var before = GC.GetAllocatedBytesForCurrentThread();
                Try(() => decoder.Decode(bad, 0, bad.Length, read));
                Try(() => decoder.DecodeNext(bad, 0, bad.Length, read));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 * bad.Length + 20_000);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void Random_bytes_give_the_error_and_bounded_memory()
    {
        var random = new Random(7);
        var into = new SyscallEvent();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Try(() => _decoder.Decode(bytes, 0, bytes.Length, into));
        }
    }

    [Theory]
    [InlineData("ffffffffffffffffff01", "type", AvroFault.Corrupt)] // length -2^63
    [InlineData("01", "type", AvroFault.Corrupt)] // length -1
    [InlineData("feffffffffffffffff01", "type", AvroFault.Truncated)] // length 2^63-1
    [InlineData("ffffffffffffffffff02", "type", AvroFault.Corrupt)] // 65 bits
    [InlineData("ffffffffffffffffffff01", "type", AvroFault.Corrupt)] // 11 bytes
    [InlineData("ffff", "type", AvroFault.Truncated)]
    public void A_giant_or_negative_length_is_refused_before_anything_is_allocated(string start, string field, AvroFault fault)
    {
        var error = Refused([.. Convert.FromHexString(start), .. new byte[20]], cutAtNulls: fault == AvroFault.Truncated && start == "ffff" ? 2 : null);
        Assert.Equal((field, fault), (error.Field, error.Fault));
    }

    [Theory]
    [InlineData("08", "abi", AvroFault.Corrupt)] // enum ordinal 4 of 4
    [InlineData("01", "abi", AvroFault.Corrupt)] // ordinal -1
    [InlineData("000004", "ret", AvroFault.Corrupt)] // union branch 2 of 2
    [InlineData("000001", "ret", AvroFault.Corrupt)] // union branch -1
    [InlineData("0000008080808010", "params", AvroFault.Truncated)] // giant count
    [InlineData("000000ffffffffffffffffff01020000", "params", AvroFault.Truncated)] // count -2^63
    [InlineData("00000001feffffff0f00", "params", AvroFault.Truncated)] // block of a giant size
    [InlineData("0000000101", "params", AvroFault.Corrupt)] // block of negative size
    [InlineData("000000010600000000000000", "params", AvroFault.Corrupt)] // block shorter than its items take
    [InlineData("00000000000000ff", "process", AvroFault.Truncated)] // union branch without end
    [InlineData("000000000000000000", "process", AvroFault.Corrupt)] // a byte too many
    [InlineData("0000000000000004", "process", AvroFault.Corrupt)]
    [InlineData("00000000000002000102", "env", AvroFault.Truncated)] // falls short in env
    public void What_the_schema_forbids_is_refused_with_its_field(string fromAbi, string field, AvroFault fault)
    {
        // type "", seq 0, times 0, node "", run, cpu, number 0; then abi and the rest
        if (field == "env")
            fromAbi = "000000" + "00" + "00" + "00" + "02" + "0204";

        var error = Refused([.. new byte[8], .. Convert.FromHexString(fromAbi)]);
        Assert.Equal((field, fault), (error.Field, error.Fault));
        Assert.InRange(error.Offset, 8, 8 + fromAbi.Length / 2);
    }

    [Fact]
    public void A_number_too_large_for_an_int_field_is_refused()
    {
        var writer = new AvroWriter(new byte[64], 0);
        for (var i = 0; i < 6; i++)
            writer.Long(0);

        writer.Long(1L << 31);
        var error = Refused(writer.Buffer);
        Assert.Equal("corrupt record at byte 11, field cpu: 2147483648 does not fit an int", error.Message);
    }

    [Fact]
    public void Array_blocks_with_and_without_sizes_are_read_alike()
    {
        var e = new SyscallEvent { Type = Utf8.From("x"), Node = Utf8.Empty };
        e.Params.AddRange([new Param(Utf8.From("a"), 1, default, default), new Param(Utf8.From("b"), 2, default, default), new Param(Utf8.From("c"), null, Utf8.From("t"), default)]);
        var plain = Convert.ToHexString(SyscallEventEncoder.ToArray(e));
        const string a = "026102020000", b = "026202040000", c = "0263000202" + "7400";
        Assert.Contains("06" + a + b + c + "00", plain, StringComparison.Ordinal);

        // A block of 1 that states its 6 bytes (-1, 6), one that does not, one that does, the end.
        var blocks = plain.Replace("06" + a + b + c + "00", "010C" + a + "02" + b + $"01{2 * c.Length / 2:X2}" + c + "00", StringComparison.Ordinal);
        var read = new SyscallEvent();
        var bytes = Convert.FromHexString(blocks);
        _decoder.Decode(bytes, 0, bytes.Length, read);
        Assert.Equal(EventCopies.Describe(e), EventCopies.Describe(read));
    }

    private AvroFormatException Refused(byte[] bytes, int? cutAtNulls = null)
    {
        var payload = cutAtNulls is { } length ? bytes[..length] : bytes;
        var into = new SyscallEvent { Seq = 99, HasFd = true };
        var error = Assert.Throws<AvroFormatException>(() => _decoder.Decode(payload, 0, payload.Length, into));
        Assert.Equal(EventCopies.Describe(new SyscallEvent { Number = -1 }), EventCopies.Describe(into));
        return error;
    }

    private static void Try(Action decode)
    {
        try
        {
            decode();
        }
        catch (AvroFormatException)
        {
            // The expected outcome; any other exception fails the test.
        }
    }
}
