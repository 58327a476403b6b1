using System.IO.Compression;
using System.Text;
using Avro;

namespace Syscribe.Events;

/// <summary>
/// Reads events from an Avro object container file, of our schema or another version of it, packed with codec null or
/// deflate. A file that was cut off gives all events of its whole blocks, then says so. Not thread safe.
/// </summary>
public sealed class SyscallEventFileReader : IDisposable
{
    private const int MostMetadata = 1000;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly SyscallEventDecoder _decoder = new();
    private readonly byte[] _sync = new byte[EventFile.SyncBytes];
    private readonly SchemaResolver _resolver;
    private readonly EventFileCodec _codec;
    private byte[] _packed = [];
    private byte[] _block = [];
    private long _offset;
    private long _blockOffset;
    private int _at;
    private int _end;
    private int _left;

    /// <summary>Opens a file.</summary>
    /// <exception cref="EventFileException">It is no Avro file of events.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SyscallEventFileReader(string path)
        : this(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 256 * 1024), path)
    {
    }

    /// <summary>Reads from a stream, which is disposed of with the reader.</summary>
    /// <param name="stream">Positioned at the start.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="EventFileException">It is no Avro file of events.</exception>
    public SyscallEventFileReader(Stream stream, string name = "event file")
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _name = name;
        try
        {
            (_resolver, _codec) = ReadHeader();
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Fills <paramref name="into"/> with the next event; false at the end. Its texts are valid until the next call.
    /// </summary>
    /// <exception cref="EventFileException">The file is corrupt, or ends too soon.</exception>
    public bool Read(SyscallEvent into)
    {
        ArgumentNullException.ThrowIfNull(into);
        while (_left == 0)
        {
            if (!ReadBlock())
                return false;
        }

        try
        {
            _at += Decode(into);
        }
        catch (AvroFormatException e)
        {
            throw Corrupt(_blockOffset, $"event {_left} from the end of the block that starts there: {e.Message}", e);
        }

        _left--;
        if (_left == 0 && _at != _end)
            throw Corrupt(_blockOffset, $"the block that starts there has {_end - _at} bytes after its last event");

        return true;
    }

    /// <summary>Closes the stream.</summary>
    public void Dispose() => _stream.Dispose();

    private int Decode(SyscallEvent into)
    {
        if (_resolver.IsOurs)
            return _decoder.DecodeNext(_block, _at, _end - _at, into);

        var resolved = _resolver.Resolve(_block, _at, _end - _at, out var consumed);
        _decoder.Decode(resolved, 0, resolved.Length, into);
        return consumed;
    }

    private (SchemaResolver Resolver, EventFileCodec Codec) ReadHeader()
    {
        Span<byte> magic = stackalloc byte[EventFile.Magic.Length];
        var got = _stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        if (!magic[..got].SequenceEqual(EventFile.Magic))
            throw Corrupt(0, $"starts with {Convert.ToHexString(magic[..got])}; an Avro file starts with 4F626A01");

        _offset = got;
        var metadata = ReadMetadata();
        ReadExactly(_sync, "the sync marker");
        var codec = Encoding.UTF8.GetString(metadata.GetValueOrDefault(EventFile.CodecKey) ?? "null"u8.ToArray());
        var schema = metadata.GetValueOrDefault(EventFile.SchemaKey) ?? throw Corrupt(_offset, $"the header has no {EventFile.SchemaKey}");
        try
        {
            return (new SchemaResolver(Encoding.UTF8.GetString(schema), Schemas.SyscallEvent), codec switch
            {
                "null" => EventFileCodec.Null,
                "deflate" => EventFileCodec.Deflate,
                _ => throw Corrupt(_offset, $"codec {codec}; null and deflate are supported"),
            });
        }
        catch (AvroException e)
        {
            throw Corrupt(_offset, $"its schema is not that of events: {e.Message}", e);
        }
    }

    private Dictionary<string, byte[]> ReadMetadata()
    {
        var metadata = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var count = ReadLong("the header"); count != 0; count = ReadLong("the header"))
        {
            if (count is < -MostMetadata or > MostMetadata)
                throw Corrupt(_offset, $"{count} metadata entries; at most {MostMetadata} are allowed");

            if (count < 0)
                ReadLong("the header");

            for (var i = 0L; i < Math.Abs(count); i++)
            {
                var key = Encoding.UTF8.GetString(ReadBytes("a metadata key"));
                metadata[key] = ReadBytes($"metadata {key}");
            }
        }

        return metadata;
    }

    private bool ReadBlock()
    {
        _blockOffset = _offset;
        var first = _stream.ReadByte();
        if (first < 0)
            return false;

        _offset++;
        var count = ReadLong("a block's count", first);
        var size = ReadLong("a block's size");
        if (count is < 0 or > int.MaxValue || size is < 0 or > EventFile.MostBlockBytes)
            throw Corrupt(_blockOffset, $"block of {count} events in {size} bytes; at most {EventFile.MostBlockBytes} bytes are allowed");

        var packed = Grown(ref _packed, (int)size);
        ReadExactly(packed, "a block");
        Span<byte> sync = stackalloc byte[EventFile.SyncBytes];
        ReadExactly(sync, "a sync marker");
        if (!sync.SequenceEqual(_sync))
            throw Corrupt(_offset - EventFile.SyncBytes, "the sync marker after a block is not the header's");

        _at = 0;
        _end = Unpack(packed);
        _left = (int)count;
        if (_left == 0 && _end != 0)
            throw Corrupt(_blockOffset, $"block of no events in {_end} bytes");

        return true;
    }

    private int Unpack(Span<byte> packed)
    {
        if (_codec == EventFileCodec.Null)
        {
            (_block, _packed) = (_packed, _block);
            return packed.Length;
        }

        using var input = new MemoryStream(_packed, 0, packed.Length, writable: false);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        var length = 0;
        try
        {
            while (true)
            {
                if (_block.Length - length < 64 * 1024)
                    Array.Resize(ref _block, Math.Max(256 * 1024, 2 * _block.Length));

                var got = inflate.Read(_block, length, _block.Length - length);
                if (got == 0)
                    return length;

                length += got;
                if (length > EventFile.MostBlockBytes)
                    throw Corrupt(_blockOffset, $"the block unpacks to more than {EventFile.MostBlockBytes} bytes");
            }
        }
        catch (InvalidDataException e)
        {
            throw Corrupt(_blockOffset, $"the block does not unpack: {e.Message}", e);
        }
    }

    private byte[] ReadBytes(string what)
    {
        var length = ReadLong(what);
        if (length is < 0 or > EventFile.MostBlockBytes)
            throw Corrupt(_offset, $"{what} of {length} bytes; at most {EventFile.MostBlockBytes} are allowed");

        // In steps, so that a wrong length costs no more memory than the file has bytes.
        using var bytes = new MemoryStream();
        var step = new byte[Math.Min(length, 64 * 1024)];
        while (bytes.Length < length)
        {
            var part = step.AsSpan(0, (int)Math.Min(step.Length, length - bytes.Length));
            ReadExactly(part, what);
            bytes.Write(part);
        }

        return bytes.ToArray();
    }

    private long ReadLong(string what, int first = -1)
    {
        Span<byte> bytes = stackalloc byte[10];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (i == 0 && first >= 0)
                bytes[0] = (byte)first;
            else
                ReadExactly(bytes.Slice(i, 1), what);

            if (bytes[i] < 0x80)
            {
                var reader = new AvroReader(bytes[..(i + 1)].ToArray(), 0, i + 1);
                return reader.Long(what);
            }
        }

        throw Corrupt(_offset, $"{what}: a number longer than 64 bits");
    }

    private void ReadExactly(Span<byte> into, string what)
    {
        var got = _stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        _offset += got;
        if (got < into.Length)
            throw new EventFileException(_name, _offset, isTruncated: true, $"the file ends inside {what}: {into.Length} bytes are needed, {got} are there");
    }

    private EventFileException Corrupt(long offset, string detail, Exception? inner = null) =>
        new(_name, offset, isTruncated: false, detail, inner);

    private static Span<byte> Grown(ref byte[] buffer, int size)
    {
        if (buffer.Length < size)
            buffer = new byte[Math.Max(size, 2 * buffer.Length)];

        return buffer.AsSpan(0, size);
    }
}
