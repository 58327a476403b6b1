using System.Runtime.InteropServices;

namespace Syscribe.Inference.Gguf;

/// <summary>Numbers as tensors hold them.</summary>
internal static class GgufNumbers
{
    private const int Block = 32;

    /// <summary>Writes <paramref name="values"/> as <paramref name="type"/>.</summary>
    public static void Write(Stream stream, GgufType type, ReadOnlySpan<float> values)
    {
        switch (type)
        {
            case GgufType.F32:
                stream.Write(MemoryMarshal.AsBytes(values));
                break;
            case GgufType.F16:
                WriteHalf(stream, values);
                break;
            case GgufType.Q8_0:
                WriteQ8(stream, values);
                break;
            default:
                throw new ArgumentException($"type {type} cannot be written; F32, F16 and Q8_0 can");
        }
    }

    private static void WriteHalf(Stream stream, ReadOnlySpan<float> values)
    {
        Span<Half> half = stackalloc Half[Block];
        for (var at = 0; at < values.Length; at += Block)
        {
            var part = values[at..Math.Min(at + Block, values.Length)];
            for (var i = 0; i < part.Length; i++)
            {
                half[i] = (Half)part[i];
            }

            stream.Write(MemoryMarshal.AsBytes(half[..part.Length]));
        }
    }

    // block_q8_0 of ggml: F16 scale d = max|x| / 127, then round(x / d).
    private static void WriteQ8(Stream stream, ReadOnlySpan<float> values)
    {
        Span<byte> block = stackalloc byte[2 + Block];
        for (var at = 0; at < values.Length; at += Block)
        {
            var part = values.Slice(at, Block);
            var largest = 0f;
            foreach (var value in part)
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            var scale = largest / 127;
            MemoryMarshal.Write(block, (Half)scale);
            for (var i = 0; i < Block; i++)
            {
                block[2 + i] = (byte)(sbyte)(scale == 0 ? 0 : MathF.Round(part[i] / scale, MidpointRounding.AwayFromZero));
            }

            stream.Write(block);
        }
    }
}
