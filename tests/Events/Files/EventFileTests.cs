using Avro.File;
using Avro.Generic;
using FsCheck;
using FsCheck.Fluent;

namespace Syscribe.Events.Tests;

public sealed class EventFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("syscribe-files-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "events.avro");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(EventFileCodec.Null)]
    [InlineData(EventFileCodec.Deflate)]
    public void What_was_written_is_read_and_apache_avro_reads_it_too(EventFileCodec codec)
    {
        var events = Sample(400);
        Write(events, codec);

        using (var reader = new SyscallEventFileReader(Path))
            Assert.Equal(events.Select(EventCopies.Describe), ReadAll(reader));

        using var apache = DataFileReader<GenericRecord>.OpenReader(Path);
        Assert.Equal(events.Select(ApacheAvro.ToRecord), apache.NextEntries);
    }

    [Theory]
    [InlineData(Codec.Type.Null)]
    [InlineData(Codec.Type.Deflate)]
    public void What_apache_avro_wrote_is_read(Codec.Type codec)
    {
        var events = Sample(200);
        using (var apache = DataFileWriter<GenericRecord>.OpenWriter(new GenericDatumWriter<GenericRecord>(ApacheAvro.EventSchema), Path, Codec.CreateCodec(codec)))
        {
            foreach (var e in events)
                apache.Append(ApacheAvro.ToRecord(e));
        }

        using var reader = new SyscallEventFileReader(Path);
        Assert.Equal(events.Select(EventCopies.Describe), ReadAll(reader));
    }

    [Fact]
    public void A_file_of_another_version_of_the_schema_is_resolved_to_ours()
    {
        var newer = OtherVersions.WithFieldAdded;
        var events = Sample(20);
        using (var apache = DataFileWriter<GenericRecord>.OpenWriter(new GenericDatumWriter<GenericRecord>(newer), Path, Codec.CreateCodec(Codec.Type.Null)))
        {
            foreach (var e in events)
                apache.Append(OtherVersions.Write(e, newer));
        }

        using var reader = new SyscallEventFileReader(Path);
        Assert.Equal(events.Select(EventCopies.Describe), ReadAll(reader));
    }

    [Fact]
    public void A_file_without_events_is_empty_and_not_wrong()
    {
        Write([], EventFileCodec.Deflate);
        using var reader = new SyscallEventFileReader(Path);
        Assert.False(reader.Read(new SyscallEvent()));
    }

    [Theory]
    [InlineData(EventFileCodec.Null)]
    [InlineData(EventFileCodec.Deflate)]
    public void A_file_cut_anywhere_gives_its_whole_blocks_and_then_says_that_it_is_truncated(EventFileCodec codec)
    {
        using var whole = new MemoryStream();
        var blocks = new List<long>();
        var events = EventGenerators.Events(EventGenerators.ValidText).Sample(3, size: 3).ToList();
        using (var writer = new SyscallEventFileWriter(whole, codec))
        {
            foreach (var e in events)
            {
                blocks.Add(whole.Length);
                writer.Append(e);
                writer.Flush();
            }
        }

        var bytes = whole.ToArray();
        for (var length = 0; length < bytes.Length; length += length < blocks[0] - 100 ? 97 : 1)
        {
            if (length < blocks[0])
            {
                var error = Assert.Throws<EventFileException>(() => new SyscallEventFileReader(new MemoryStream(bytes, 0, length)));
                Assert.True(error.IsTruncated || length < 4, error.Message);
                continue;
            }

            using var reader = new SyscallEventFileReader(new MemoryStream(bytes, 0, length), "cut.avro");
            var read = new SyscallEvent();
            for (var i = 1; i < blocks.Count && blocks[i] <= length; i++)
                Assert.True(reader.Read(read));

            if (blocks.Contains(length))
            {
                Assert.False(reader.Read(read));
                continue;
            }

            var cut = Assert.Throws<EventFileException>(() => reader.Read(read));
            Assert.True(cut.IsTruncated);
            Assert.StartsWith($"cut.avro: truncated at byte {length}: the file ends inside ", cut.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_file_is_an_error_of_the_file_and_never_another()
    {
        using var whole = new MemoryStream();
        using (var writer = new SyscallEventFileWriter(whole, EventFileCodec.Null))
        {
            foreach (var e in Sample(5))
                writer.Append(e);
        }

        Prop.ForAll(Gen.Choose(0, (int)whole.ToArray().Length - 1).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (at, value) =>
        {
            var bytes = whole.ToArray();
            bytes[at] = (byte)value;
            try
            {
                using var reader = new SyscallEventFileReader(new MemoryStream(bytes));
                Assert.InRange(ReadAll(reader).Count, 0, 5);
            }
            catch (EventFileException e)
            {
                Assert.InRange(e.Offset, 0, bytes.Length);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void What_is_no_event_file_is_named_with_what_was_seen()
    {
        File.WriteAllText(Path, "PK\u0003\u0004 and so on");
        Assert.Equal($"{Path}: corrupt at byte 0: starts with 504B0304; an Avro file starts with 4F626A01",
            Assert.Throws<EventFileException>(() => new SyscallEventFileReader(Path)).Message);

        var other = Avro.Schema.Parse("""{"type":"record","name":"Other","fields":[{"name":"a","type":"int"}]}""");
        using (DataFileWriter<GenericRecord>.OpenWriter(new GenericDatumWriter<GenericRecord>(other), Path))
        {
        }

        Assert.Contains("its schema is not that of events: schema Other cannot be read as syscribe.v1.SyscallEvent",
            Assert.Throws<EventFileException>(() => new SyscallEventFileReader(Path)).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<SyscallEvent> Sample(int count) => [.. EventGenerators.Events(EventGenerators.ValidText).Sample(count, size: 10)];

    private static List<string> ReadAll(SyscallEventFileReader reader)
    {
        var all = new List<string>();
        var read = new SyscallEvent();
        while (reader.Read(read))
            all.Add(EventCopies.Describe(read));

        return all;
    }

    private void Write(IEnumerable<SyscallEvent> events, EventFileCodec codec)
    {
        using var writer = new SyscallEventFileWriter(Path, codec);
        foreach (var e in events)
            writer.Append(e);
    }
}
