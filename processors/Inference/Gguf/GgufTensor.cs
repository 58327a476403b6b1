namespace Syscribe.Inference.Gguf;

/// <summary>Number type of a tensor; values are <c>ggml_type</c>'s. Files may hold others, which are kept as numbers.</summary>
public enum GgufType
{
    F32 = 0,
    F16 = 1,

    /// <summary>Blocks of 32 signed bytes after one F16 scale: 34 bytes for 32 elements.</summary>
    Q8_0 = 8,

    /// <summary>The upper half of an F32. Read, not written.</summary>
    BF16 = 30,
}

/// <summary>One tensor's entry.</summary>
/// <param name="Name">As <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Type">Number type.</param>
/// <param name="Shape">Elements per dimension, the contiguous one first: the reverse of a row-major shape.</param>
/// <param name="Offset">Bytes from the start of the data section.</param>
public sealed record GgufTensor(string Name, GgufType Type, IReadOnlyList<long> Shape, long Offset)
{
    /// <summary>Elements in all.</summary>
    public long Elements => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Bytes of <paramref name="elements"/> elements of <paramref name="type"/>.</summary>
    /// <exception cref="ArgumentException">The type is unknown, or the elements do not fill its blocks.</exception>
    public static long BytesOf(GgufType type, long elements) => type switch
    {
        GgufType.F32 => elements * 4,
        GgufType.F16 or GgufType.BF16 => elements * 2,
        GgufType.Q8_0 when elements % 32 == 0 => elements / 32 * 34,
        _ => throw new ArgumentException($"{elements} elements of type {type}: known are F32, F16, BF16 and Q8_0 in multiples of 32"),
    };
}
