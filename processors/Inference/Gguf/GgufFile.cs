using System.Text;

namespace Syscribe.Inference.Gguf;

/// <summary>Metadata and tensor directory of a GGUF file, versions 2 and 3; layout in <see cref="GgufWriter"/>.</summary>
public sealed class GgufFile
{
    private GgufFile(IReadOnlyDictionary<string, object> metadata, IReadOnlyList<GgufTensor> tensors, long dataOffset)
    {
        Metadata = metadata;
        Tensors = tensors;
        DataOffset = dataOffset;
    }

    /// <summary>
    /// By key. Numbers have the file's own width, bool is bool; arrays of int, float and string are typed, others <c>object[]</c>.
    /// </summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <summary>In the file's order.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>Where the data section starts, bytes.</summary>
    public long DataOffset { get; }

    /// <summary>Reads the header of a file; tensors' data is not read.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufException">It is not GGUF, or cut, or corrupt.</exception>
    public static GgufFile Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return Read(stream, path);
    }

    /// <summary>Reads the header from a stream that can seek; <paramref name="name"/> is for messages.</summary>
    /// <exception cref="GgufException">It is not GGUF, or cut, or corrupt.</exception>
    public static GgufFile Read(Stream stream, string name)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            return Read(reader);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new GgufException($"Reading {name} as GGUF failed at byte {stream.Position} of {stream.Length}: {e.Message}", e);
        }
    }

    private static GgufFile Read(BinaryReader reader)
    {
        if (!reader.ReadBytes(4).AsSpan().SequenceEqual("GGUF"u8))
        {
            throw new InvalidDataException("it does not start with GGUF");
        }

        var version = reader.ReadUInt32();
        if (version is not (2 or 3))
        {
            throw new InvalidDataException($"version {version}; allowed are 2 and 3");
        }

        var tensorCount = GgufValue.ReadCount(reader, elementBytes: 24);
        var entryCount = GgufValue.ReadCount(reader, elementBytes: 12);
        var metadata = ReadMetadata(reader, entryCount);
        var tensors = ReadTensors(reader, tensorCount);
        var alignment = metadata.GetValueOrDefault("general.alignment") is uint given and > 0 ? given : GgufWriter.Alignment;
        return new GgufFile(metadata, tensors, (reader.BaseStream.Position + alignment - 1) / alignment * alignment);
    }

    private static Dictionary<string, object> ReadMetadata(BinaryReader reader, int count)
    {
        var metadata = new Dictionary<string, object>();
        for (var i = 0; i < count; i++)
        {
            var key = GgufValue.ReadString(reader);
            if (!metadata.TryAdd(key, GgufValue.Read(reader, reader.ReadUInt32())))
            {
                throw new InvalidDataException($"metadata key {key} comes twice");
            }
        }

        return metadata;
    }

    private static List<GgufTensor> ReadTensors(BinaryReader reader, int count)
    {
        var tensors = new List<GgufTensor>();
        for (var i = 0; i < count; i++)
        {
            var name = GgufValue.ReadString(reader);
            var dimensions = reader.ReadUInt32();
            if (dimensions is 0 or > 4)
            {
                throw new InvalidDataException($"tensor {name} has {dimensions} dimensions; allowed are 1 to 4");
            }

            var shape = new long[dimensions];
            for (var d = 0; d < shape.Length; d++)
            {
                shape[d] = checked((long)reader.ReadUInt64());
            }

            tensors.Add(new GgufTensor(name, (GgufType)reader.ReadUInt32(), shape, checked((long)reader.ReadUInt64())));
        }

        return tensors;
    }
}
