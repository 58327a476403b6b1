using System.Text;

namespace Syscribe.Inference.Gguf;

/// <summary>
/// Writes a GGUF v3 file (ggml's <c>docs/gguf.md</c>), little-endian:
/// <code>
/// "GGUF"  u32 version 3  u64 tensors  u64 entries
/// entry   string key  u32 type  value            string: u64 length, bytes.  array: u32 element type, u64 count, elements
/// tensor  string name  u32 dimensions  u64 each  u32 type  u64 offset in the data section
/// data    from the next multiple of 32, each tensor padded to one
/// </code>
/// </summary>
public sealed class GgufWriter
{
    internal const uint Version = 3;
    internal const int Alignment = 32;

    private readonly List<KeyValuePair<string, object>> _metadata = [];
    private readonly List<(GgufTensor Tensor, Action<Stream> Write)> _tensors = [];
    private long _dataBytes;

    /// <summary>Adds metadata.</summary>
    /// <param name="key">As <c>general.architecture</c>.</param>
    /// <param name="value">
    /// bool, byte, int, uint, long, ulong, float, double or string, or an array of int, float or string.
    /// </param>
    /// <exception cref="ArgumentException">A value of another type.</exception>
    public GgufWriter Set(string key, object value)
    {
        _ = GgufValue.TypeOf(value);
        _metadata.Add(new(key, value));
        return this;
    }

    /// <summary>Adds a tensor whose bytes <paramref name="write"/> writes when the file is written.</summary>
    /// <param name="name">Tensor name.</param>
    /// <param name="type">Number type.</param>
    /// <param name="shape">Contiguous dimension first.</param>
    /// <param name="write">Must write exactly <see cref="GgufTensor.BytesOf"/> bytes.</param>
    public GgufWriter Add(string name, GgufType type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        var tensor = new GgufTensor(name, type, shape, _dataBytes);
        _dataBytes += Align(GgufTensor.BytesOf(type, tensor.Elements));
        _tensors.Add((tensor, write));
        return this;
    }

    /// <summary>Adds a tensor of the given numbers, converted to <paramref name="type"/>.</summary>
    public GgufWriter Add(string name, GgufType type, IReadOnlyList<long> shape, ReadOnlyMemory<float> values) =>
        Add(name, type, shape, stream => GgufNumbers.Write(stream, type, values.Span));

    /// <summary>Bytes of the file.</summary>
    public long TotalBytes
    {
        get
        {
            using var header = new MemoryStream();
            using var writer = new BinaryWriter(header, Encoding.UTF8);
            WriteHeader(writer);
            writer.Flush();
            return Align(header.Length) + _dataBytes;
        }
    }

    /// <summary>Writes the file; one that is there is replaced.</summary>
    /// <exception cref="InvalidOperationException">A tensor's writer wrote another number of bytes than its shape has.</exception>
    public void WriteTo(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20);
        WriteTo(stream);
    }

    /// <summary>Writes the file to a stream that starts at position 0.</summary>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            WriteHeader(writer);
        }

        foreach (var (tensor, write) in _tensors)
        {
            Pad(stream);
            var start = stream.Position;
            write(stream);
            var wanted = GgufTensor.BytesOf(tensor.Type, tensor.Elements);
            if (stream.Position - start != wanted)
            {
                throw new InvalidOperationException($"tensor {tensor.Name}: {stream.Position - start} bytes written, its shape has {wanted}");
            }
        }

        Pad(stream);
        stream.Flush();
    }

    internal static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        stream.Write(zeros[..(int)(Align(stream.Position) - stream.Position)]);
    }

    private void WriteHeader(BinaryWriter writer)
    {
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_metadata.Count);
        foreach (var (key, value) in _metadata)
        {
            GgufValue.WriteString(writer, key);
            writer.Write(GgufValue.TypeOf(value));
            GgufValue.Write(writer, value);
        }

        foreach (var (tensor, _) in _tensors)
        {
            GgufValue.WriteString(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Count);
            foreach (var dimension in tensor.Shape)
            {
                writer.Write((ulong)dimension);
            }

            writer.Write((uint)tensor.Type);
            writer.Write((ulong)tensor.Offset);
        }
    }
}
