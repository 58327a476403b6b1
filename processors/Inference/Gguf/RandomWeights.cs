namespace Syscribe.Inference.Gguf;

/// <summary>
/// Writes random weights, uniform with the wanted standard deviation, a chunk at a time. Making 13 billion numbers takes minutes,
/// so behind the first 16 million the chunks made before come again, each time from another place.
/// </summary>
/// <param name="seed">Same seed, same weights.</param>
/// <param name="type">Type of the numbers.</param>
/// <param name="scale">Standard deviation.</param>
internal sealed class RandomWeights(int seed, GgufType type, float scale)
{
    private const int Chunk = 1 << 16; // elements
    private const int PoolChunks = 256;
    private const int Block = 32; // elements of a quantised block

    private readonly Random _random = new(seed);
    private readonly MemoryStream _pool = new();

    /// <summary>Writes <paramref name="count"/> weights.</summary>
    public void Write(Stream stream, long count)
    {
        var numbers = new float[Chunk];
        for (long done = 0; done < count;)
        {
            var wanted = (int)Math.Min(Chunk, count - done);
            if (_pool.Length == PoolChunks * GgufTensor.BytesOf(type, Chunk))
            {
                stream.Write(Again(wanted));
            }
            else
            {
                Fill(numbers.AsSpan(0, wanted));
                Make(stream, numbers.AsSpan(0, wanted));
            }

            done += wanted;
        }
    }

    private void Fill(Span<float> numbers)
    {
        var spread = scale * MathF.Sqrt(12);
        foreach (ref var number in numbers)
        {
            number = (_random.NextSingle() - 0.5f) * spread;
        }
    }

    private void Make(Stream stream, ReadOnlySpan<float> numbers)
    {
        GgufNumbers.Write(stream, type, numbers);
        if (numbers.Length == Chunk)
        {
            GgufNumbers.Write(_pool, type, numbers);
        }
    }

    // Whole blocks from a random one on.
    private ReadOnlySpan<byte> Again(int count)
    {
        var all = _pool.Length / GgufTensor.BytesOf(type, Block);
        var first = _random.NextInt64(all - (count / Block));
        var length = (int)GgufTensor.BytesOf(type, count);
        return _pool.GetBuffer().AsSpan((int)(first * GgufTensor.BytesOf(type, Block)), length);
    }
}
