using FsCheck;
using FsCheck.Fluent;

namespace Syscribe.Events.Tests;

public class CodecTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Encoder_writes_the_bytes_that_apache_avro_writes() =>
        Prop.ForAll(EventGenerators.Events(EventGenerators.AnyText).ToArbitrary(), e =>
        {
            Assert.Equal(Convert.ToHexString(ApacheAvro.Write(e)), Convert.ToHexString(SyscallEventEncoder.ToArray(e)));
        }).Check(Often);

    [Fact]
    public void An_owned_copy_is_equal_and_outlives_the_payload_behind_its_original() =>
        Prop.ForAll(EventGenerators.Events(EventGenerators.ValidText).ToArbitrary(), e =>
        {
            var payload = SyscallEventEncoder.ToArray(e);
            var original = Decoded(payload);
            var copy = original.ToOwned();
            var process = original.Process; // Shared, and in the payload's memory until it is cached.
            original.Clear();
            Assert.Same(process, copy.Process);
            var bytes = SyscallEventEncoder.ToArray(copy);
            Assert.Equal(Convert.ToHexString(SyscallEventEncoder.ToArray(e)), Convert.ToHexString(bytes));
            Array.Clear(payload);
            copy.Process = e.Process;
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(SyscallEventEncoder.ToArray(copy)));
        }).Check(Often);

    [Fact]
    public void Decoder_reads_what_apache_avro_wrote() =>
        Prop.ForAll(EventGenerators.Events(EventGenerators.ValidText).ToArbitrary(), e =>
        {
            Assert.Equal(EventCopies.Describe(e), EventCopies.Describe(Decoded(ApacheAvro.Write(e))));
        }).Check(Often);

    [Fact]
    public void Apache_avro_reads_what_the_encoder_wrote() =>
        Prop.ForAll(EventGenerators.Events(EventGenerators.AnyText).ToArbitrary(), e =>
        {
            var record = ApacheAvro.Read(SyscallEventEncoder.ToArray(e));
            Assert.Equal(ApacheAvro.ToRecord(e), record);
        }).Check(Often);

    [Fact]
    public void One_event_object_is_reused_for_any_sequence_of_events_and_nothing_of_the_last_one_stays() =>
        Prop.ForAll(EventGenerators.Events(EventGenerators.ValidText).ListOf().ToArbitrary(), events =>
        {
            var decoder = new SyscallEventDecoder(8);
            var reused = new SyscallEvent();
            foreach (var e in events)
            {
                var bytes = SyscallEventEncoder.ToArray(e);
                decoder.Decode(bytes, 0, bytes.Length, reused);
                Assert.Equal(EventCopies.Describe(e), EventCopies.Describe(reused));
            }
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Decoder_reads_a_slice_at_any_offset_and_nothing_around_it() =>
        Prop.ForAll(EventGenerators.Events(EventGenerators.ValidText).ToArbitrary(), Gen.Choose(0, 40).ToArbitrary(), (e, before) =>
        {
            var bytes = SyscallEventEncoder.ToArray(e);
            byte[] payload = [.. Enumerable.Repeat((byte)0xee, before), .. bytes, 1, 2, 3];
            var read = new SyscallEvent();
            new SyscallEventDecoder(2).Decode(payload, before, bytes.Length, read);
            Assert.Equal(EventCopies.Describe(e), EventCopies.Describe(read));

            Assert.Equal(bytes.Length, new SyscallEventDecoder(2).DecodeNext(payload, before, payload.Length - before, read));
            Assert.Equal(EventCopies.Describe(e), EventCopies.Describe(read));
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Encoder_grows_the_buffer_and_keeps_what_is_before_the_offset() =>
        Prop.ForAll(EventGenerators.Events(EventGenerators.AnyText).ToArbitrary(), Gen.Choose(0, 40).ToArbitrary(), (e, before) =>
        {
            var buffer = Enumerable.Repeat((byte)0xee, before).ToArray();
            var end = SyscallEventEncoder.Encode(e, ref buffer, before);
            Assert.Equal(SyscallEventEncoder.Measure(e), end - before);
            Assert.All(buffer[..before], b => Assert.Equal(0xee, b));
            Assert.Equal(SyscallEventEncoder.ToArray(e), buffer[before..end]);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Events_of_an_unchanged_process_share_one_process_object()
    {
        var process = new ProcessInfo { Pid = 4711, Name = Utf8.From("cat") };
        var decoder = new SyscallEventDecoder();
        var first = Decoded(SyscallEventEncoder.ToArray(new SyscallEvent { Seq = 1, Process = process }), decoder);
        var second = Decoded(SyscallEventEncoder.ToArray(new SyscallEvent { Seq = 2, Process = process }), decoder);
        var other = Decoded(SyscallEventEncoder.ToArray(new SyscallEvent { Process = process with { Cwd = Utf8.From("/tmp/") } }), decoder);

        Assert.Same(first.Process, second.Process);
        Assert.Equal("/tmp/", other.Process!.Cwd.ToString());
        Assert.Equal("", first.Process!.Cwd.ToString());
        Assert.Equal((1, 2), (decoder.CacheHits, decoder.CacheMisses));
    }

    [Fact]
    public void A_changed_copy_of_a_process_is_encoded_anew()
    {
        var process = new ProcessInfo { Pid = 1, Name = Utf8.From("before") };
        SyscallEventEncoder.ToArray(new SyscallEvent { Process = process });
        var changed = Decoded(SyscallEventEncoder.ToArray(new SyscallEvent { Process = process with { Name = Utf8.From("after") } }));
        Assert.Equal("after", changed.Process!.Name.ToString());
    }

    [Theory]
    [InlineData(2, 1L << 20)]
    [InlineData(1024, 2000)]
    [InlineData(1024, 0)]
    public void Process_cache_stays_within_its_bounds_and_gives_the_right_process(int processes, long bytes)
    {
        var decoder = new SyscallEventDecoder(processes, bytes);
        for (var i = 0; i < 5000; i++)
        {
            var pid = i % 700;
            var read = Decoded(SyscallEventEncoder.ToArray(new SyscallEvent { Process = new ProcessInfo { Pid = pid } }), decoder);
            Assert.Equal(pid, read.Process!.Pid);
            Assert.InRange(decoder.Cache.HeldBytes, 0, bytes);
        }
    }

    [Fact]
    public void Encoding_and_decoding_allocate_nothing_for_an_event_of_a_known_process()
    {
        var e = Decoded(SyscallEventEncoder.ToArray(EventGenerators.Events(EventGenerators.AnyText).Sample(30, size: 30).MaxBy(SyscallEventEncoder.Measure)!));
        e.Process ??= new ProcessInfo { Pid = 1 };
        var buffer = new byte[1 << 20];
        var decoder = new SyscallEventDecoder();
        var read = new SyscallEvent();
        // The runtime allocates a little while it recompiles hot code; what the codec allocates shows in every batch.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedByRounds()));

        long AllocatedByRounds()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
                Round();

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Round()
        {
            var length = SyscallEventEncoder.Encode(e, ref buffer);
            decoder.Decode(buffer, 0, length, read);
        }
    }

    private static SyscallEvent Decoded(byte[] bytes, SyscallEventDecoder? decoder = null)
    {
        var read = new SyscallEvent();
        (decoder ?? new SyscallEventDecoder(2)).Decode(bytes, 0, bytes.Length, read);
        return read;
    }
}
