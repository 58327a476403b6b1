using System.Runtime.InteropServices;

namespace Syscribe.Training.Cpu;

/// <summary>Memory for one step's numbers, aligned for vectors: taken piece by piece, given back all at once, kept for the next step.</summary>
internal sealed unsafe class Arena : IDisposable
{
    private const nuint Alignment = 64;
    private const long ChunkFloats = 8 << 20;

    private readonly List<(nint Start, long Floats)> _chunks = [];
    private int _chunk;
    private long _used;

    /// <summary>Numbers of undefined value, valid until <see cref="Reset"/>.</summary>
    public float* Take(long floats)
    {
        floats = (floats + 15) / 16 * 16;
        while (_chunk < _chunks.Count && _used + floats > _chunks[_chunk].Floats)
        {
            (_chunk, _used) = (_chunk + 1, 0);
        }

        if (_chunk == _chunks.Count)
        {
            var size = Math.Max(floats, ChunkFloats);
            _chunks.Add(((nint)NativeMemory.AlignedAlloc((nuint)size * sizeof(float), Alignment), size));
        }

        var start = (float*)_chunks[_chunk].Start + _used;
        _used += floats;
        return start;
    }

    /// <summary>Numbers that are zero.</summary>
    public float* TakeZeros(long floats)
    {
        var start = Take(floats);
        NativeMemory.Clear(start, (nuint)floats * sizeof(float));
        return start;
    }

    /// <summary>Takes everything back.</summary>
    public void Reset() => (_chunk, _used) = (0, 0);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (start, _) in _chunks)
        {
            NativeMemory.AlignedFree((void*)start);
        }

        _chunks.Clear();
    }
}
