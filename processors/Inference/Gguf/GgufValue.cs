using System.Text;

namespace Syscribe.Inference.Gguf;

/// <summary>Metadata values of GGUF and their type numbers.</summary>
internal static class GgufValue
{
    private const uint ArrayType = 9;

    // A number type's index is its type number in the file; 8 is string, 9 array.
    private static readonly Func<BinaryReader, object>?[] Readers =
    [
        r => r.ReadByte(), r => r.ReadSByte(), r => r.ReadUInt16(), r => r.ReadInt16(), r => r.ReadUInt32(), r => r.ReadInt32(),
        r => r.ReadSingle(), r => r.ReadByte() != 0, ReadString, null, r => r.ReadUInt64(), r => r.ReadInt64(), r => r.ReadDouble(),
    ];

    // Fewest bytes that one element takes: bounds a count that a corrupt file claims.
    private static readonly int[] ElementBytes = [1, 1, 2, 2, 4, 4, 4, 1, 8, 0, 8, 8, 8];

    public static uint TypeOf(object value) => value switch
    {
        byte => 0,
        uint => 4,
        int => 5,
        float => 6,
        bool => 7,
        string => 8,
        Array => ArrayType,
        ulong => 10,
        long => 11,
        double => 12,
        _ => throw new ArgumentException($"metadata of type {value.GetType()}: allowed are bool, byte, int, uint, long, ulong, float, double, string and arrays"),
    };

    public static void Write(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            case string v: WriteString(writer, v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case int[] v: WriteArray(writer, v); break;
            case float[] v: WriteArray(writer, v); break;
            case string[] v: WriteArray(writer, v); break;
            default: throw new ArgumentException($"an array of type {value.GetType()}: allowed are int, float and string");
        }
    }

    public static void WriteString(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    public static object Read(BinaryReader reader, uint type)
    {
        if (type == ArrayType)
        {
            return ReadArray(reader);
        }

        return type < Readers.Length && Readers[type] is { } read ? read(reader) : throw new InvalidDataException($"metadata type {type} is unknown");
    }

    public static string ReadString(BinaryReader reader)
    {
        var length = ReadCount(reader, elementBytes: 1);
        return Encoding.UTF8.GetString(reader.ReadBytes(length));
    }

    /// <summary>A count of things to come, which must fit into the rest of the file.</summary>
    public static int ReadCount(BinaryReader reader, int elementBytes)
    {
        var count = reader.ReadUInt64();
        var rest = (ulong)(reader.BaseStream.Length - reader.BaseStream.Position);
        return count <= rest / (ulong)elementBytes && count <= int.MaxValue
            ? (int)count
            : throw new InvalidDataException($"a count of {count} with {rest} bytes left");
    }

    private static void WriteArray<T>(BinaryWriter writer, T[] values)
        where T : notnull
    {
        writer.Write(typeof(T) == typeof(string) ? 8u : typeof(T) == typeof(float) ? 6u : 5u);
        writer.Write((ulong)values.Length);
        foreach (var value in values)
        {
            Write(writer, value);
        }
    }

    private static Array ReadArray(BinaryReader reader)
    {
        var type = reader.ReadUInt32();
        if (type >= Readers.Length || Readers[type] is null)
        {
            throw new InvalidDataException($"an array of metadata type {type}");
        }

        var count = ReadCount(reader, ElementBytes[type]);
        Array array = type switch
        {
            5 => new int[count],
            6 => new float[count],
            8 => new string[count],
            _ => new object[count],
        };
        for (var i = 0; i < count; i++)
        {
            array.SetValue(Read(reader, type), i);
        }

        return array;
    }
}
