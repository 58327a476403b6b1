using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Syscribe.Inference.Gguf;

namespace Syscribe.Training.Model;

/// <summary>
/// A safetensors file: u64 length of a JSON header <c>{name: {dtype, shape, data_offsets}, "__metadata__": {}}</c>, the
/// header, the tensors' bytes. Numbers are read from F32, F16 and BF16 as needed; the file stays open.
/// </summary>
public sealed class Safetensors : IDisposable
{
    private const long LongestHeader = 100_000_000;
    private readonly FileStream _stream;
    private readonly long _dataStart;

    private Safetensors(FileStream stream, long dataStart, IReadOnlyDictionary<string, Entry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        (_stream, _dataStart, Tensors, Metadata) = (stream, dataStart, tensors, metadata);
    }

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, Entry> Tensors { get; }

    /// <summary>Texts beside them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="TrainingException">It is no safetensors file, or cut.</exception>
    public static Safetensors Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        try
        {
            return Read(stream);
        }
        catch (Exception e) when (e is JsonException or EndOfStreamException or InvalidDataException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            stream.Dispose();
            throw new TrainingException($"Reading {path} as safetensors failed: {e.Message}", e);
        }
    }

    /// <summary>Numbers of a tensor, row by row.</summary>
    /// <exception cref="TrainingException">There is no such tensor, or its type is another.</exception>
    public float[] ReadFloats(string name)
    {
        var (entry, bytes) = Read(name);
        return entry.Type switch
        {
            "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            "F16" => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), half => (float)half),
            "BF16" => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), high => BitConverter.UInt32BitsToSingle((uint)high << 16)),
            _ => throw new TrainingException($"{_stream.Name}: tensor {name} has type {entry.Type}; F32, F16 and BF16 can be read."),
        };
    }

    /// <summary>A matrix as the file has it.</summary>
    /// <exception cref="TrainingException">There is no such tensor, it is no matrix, or its type is another.</exception>
    public (GgufType Type, long Rows, long Columns, byte[] Bytes) ReadMatrix(string name)
    {
        var (entry, bytes) = Read(name);
        return entry.Shape is [var rows, var columns] && Enum.TryParse<GgufType>(entry.Type, out var type) && GgufTensor.BytesOf(type, rows * columns) == bytes.Length
            ? (type, rows, columns, bytes)
            : throw new TrainingException($"{_stream.Name}: tensor {name} is {entry.Type} of {entry.Shape.Length} dimensions; it must be a matrix of F32, F16 or BF16.");
    }

    private (Entry Entry, byte[] Bytes) Read(string name)
    {
        if (!Tensors.TryGetValue(name, out var entry))
        {
            throw new TrainingException($"{_stream.Name} holds no tensor {name}.");
        }

        var bytes = new byte[entry.Bytes];
        _stream.Position = _dataStart + entry.Offset;
        _stream.ReadExactly(bytes);
        return (entry, bytes);
    }

    /// <summary>Writes F32 tensors to a new file, which then takes the place of an old one.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, long[] Shape, ReadOnlyMemory<float> Values)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new JsonObject { ["__metadata__"] = JsonSerializer.SerializeToNode(metadata) };
        long offset = 0;
        foreach (var (name, shape, values) in tensors)
        {
            var end = offset + (values.Length * (long)sizeof(float));
            header[name] = new JsonObject
            {
                ["dtype"] = "F32", ["shape"] = JsonSerializer.SerializeToNode(shape), ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var temporary = path + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            // Blanks up to a multiple of 8, so that the numbers are aligned.
            var text = JsonSerializer.SerializeToUtf8Bytes(header);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, (text.Length + 7) / 8 * 8);
            stream.Write(length);
            stream.Write(text);
            stream.Write("       "u8[..(((text.Length + 7) / 8 * 8) - text.Length)]);
            foreach (var (_, _, values) in tensors)
            {
                stream.Write(MemoryMarshal.AsBytes(values.Span));
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <inheritdoc />
    public void Dispose() => _stream.Dispose();

    private static Safetensors Read(FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LongestHeader || length > stream.Length - 8)
        {
            throw new InvalidDataException($"its header claims {length} bytes of a file of {stream.Length}.");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        var tensors = new Dictionary<string, Entry>();
        var metadata = new Dictionary<string, string>();
        foreach (var (name, value) in JsonNode.Parse(header)?.AsObject() ?? throw new InvalidDataException("its header is null."))
        {
            if (name == "__metadata__")
            {
                metadata = value?.Deserialize<Dictionary<string, string>>() ?? metadata;
            }
            else
            {
                tensors.Add(name, EntryOf(name, value ?? throw new InvalidDataException($"{name} is null."), stream.Length - 8 - length));
            }
        }

        return new Safetensors(stream, 8 + length, tensors, metadata);
    }

    private static Entry EntryOf(string name, JsonNode value, long available)
    {
        var offsets = value["data_offsets"]?.Deserialize<long[]>();
        return offsets is [>= 0 and var from, var to] && to >= from && to <= available
            ? new Entry(value["dtype"]?.GetValue<string>() ?? "", value["shape"]?.Deserialize<long[]>() ?? [], from, checked((int)(to - from)))
            : throw new InvalidDataException($"tensor {name} lies outside of the file.");
    }

    /// <summary>Where a tensor is.</summary>
    /// <param name="Type">As the file names it.</param>
    /// <param name="Shape">Rows first.</param>
    /// <param name="Offset">From the start of the tensors' bytes.</param>
    /// <param name="Bytes">Length.</param>
    public sealed record Entry(string Type, long[] Shape, long Offset, int Bytes);
}
