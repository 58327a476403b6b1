using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Syscribe.Events;

/// <summary>Writes events to an Avro object container file. Not thread safe.</summary>
/// <remarks>
/// Events are gathered in blocks of 64 KiB; a block that is written is there whatever happens to the writer, what is
/// gathered is not until <see cref="Flush"/> or <see cref="Dispose"/>.
/// </remarks>
public sealed class SyscallEventFileWriter : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly EventFileCodec _codec;
    private readonly byte[] _sync = RandomNumberGenerator.GetBytes(EventFile.SyncBytes);
    private readonly MemoryStream _packed = new();
    private byte[] _block = new byte[2 * BlockBytes];
    private byte[] _head = new byte[64];
    private int _length;
    private int _count;
    private bool _isDisposed;

    /// <summary>Creates a file, replacing one of that name.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public SyscallEventFileWriter(string path, EventFileCodec codec = EventFileCodec.Deflate)
        : this(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0), codec)
    {
    }

    /// <summary>Writes to a stream, which is disposed of with the writer.</summary>
    public SyscallEventFileWriter(Stream stream, EventFileCodec codec = EventFileCodec.Deflate)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _codec = codec;
        WriteHeader();
    }

    /// <summary>Events appended so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an event.</summary>
    public void Append(SyscallEvent value)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _length = SyscallEventEncoder.Encode(value, ref _block, _length);
        _count++;
        Count++;
        if (_length >= BlockBytes)
            WriteBlock();
    }

    /// <summary>Writes what is gathered and flushes the stream.</summary>
    public void Flush()
    {
        WriteBlock();
        _stream.Flush();
    }

    /// <summary>Writes what is gathered and closes the stream.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;

        _isDisposed = true;
        try
        {
            WriteBlock();
        }
        finally
        {
            _stream.Dispose();
            _packed.Dispose();
        }
    }

    private void WriteHeader()
    {
        var writer = new AvroWriter(new byte[1024], 0);
        writer.Raw(EventFile.Magic);
        writer.StartItems(2);
        writer.String(EventFile.SchemaKey);
        writer.Bytes(Encoding.UTF8.GetBytes(Schemas.SyscallEvent));
        writer.String(EventFile.CodecKey);
        writer.Bytes(_codec == EventFileCodec.Deflate ? "deflate"u8 : "null"u8);
        writer.EndItems();
        writer.Raw(_sync);
        _stream.Write(writer.Buffer.AsSpan(0, writer.Position));
    }

    private void WriteBlock()
    {
        if (_count == 0)
            return;

        var packed = Pack();
        var writer = new AvroWriter(_head, 0);
        writer.Long(_count);
        writer.Long(packed.Length);
        _head = writer.Buffer;
        _stream.Write(_head.AsSpan(0, writer.Position));
        _stream.Write(packed);
        _stream.Write(_sync);
        _length = _count = 0;
    }

    private ReadOnlySpan<byte> Pack()
    {
        if (_codec == EventFileCodec.Null)
            return _block.AsSpan(0, _length);

        _packed.SetLength(0);
        using (var deflate = new DeflateStream(_packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(_block, 0, _length);

        return _packed.GetBuffer().AsSpan(0, (int)_packed.Length);
    }
}
