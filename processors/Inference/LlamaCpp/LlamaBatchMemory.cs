using System.Runtime.InteropServices;
using Syscribe.Inference.Engine;

namespace Syscribe.Inference.LlamaCpp;

/// <summary>Native memory of one <c>llama_batch</c>, filled again for each decode. Each token belongs to one sequence.</summary>
internal sealed unsafe class LlamaBatchMemory : IDisposable
{
    private readonly int* _tokens;
    private readonly int* _positions;
    private readonly int* _sequenceCounts;
    private readonly int* _sequences;
    private readonly int** _sequenceIds;
    private readonly sbyte* _logits;
    private readonly int _capacity;
    private bool _freed;

    public LlamaBatchMemory(int capacity)
    {
        _capacity = capacity;
        _tokens = Allocate(capacity);
        _positions = Allocate(capacity);
        _sequenceCounts = Allocate(capacity);
        _sequences = Allocate(capacity);
        _sequenceIds = (int**)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(int*));
        _logits = (sbyte*)NativeMemory.Alloc((nuint)capacity);
        for (var i = 0; i < capacity; i++)
        {
            _sequenceCounts[i] = 1;
            _sequenceIds[i] = _sequences + i;
        }
    }

    ~LlamaBatchMemory() => Free();

    /// <summary>Copies <paramref name="batch"/>; the result is valid until the next call or <see cref="Dispose"/>.</summary>
    public LlamaBatch Fill(TokenBatch batch)
    {
        ObjectDisposedException.ThrowIf(_freed, this);
        batch.Tokens.CopyTo(new Span<int>(_tokens, _capacity));
        batch.Positions.CopyTo(new Span<int>(_positions, _capacity));
        batch.Sequences.CopyTo(new Span<int>(_sequences, _capacity));
        var wants = batch.WantsLogits;
        for (var i = 0; i < wants.Length; i++)
        {
            _logits[i] = wants[i] ? (sbyte)1 : (sbyte)0;
        }

        return new LlamaBatch
        {
            TokenCount = batch.Count,
            Tokens = _tokens,
            Positions = _positions,
            SequenceCounts = _sequenceCounts,
            SequenceIds = _sequenceIds,
            Logits = _logits,
        };
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static int* Allocate(int count) => (int*)NativeMemory.Alloc((nuint)count, sizeof(int));

    private void Free()
    {
        if (_freed)
        {
            return;
        }

        _freed = true;
        NativeMemory.Free(_tokens);
        NativeMemory.Free(_positions);
        NativeMemory.Free(_sequenceCounts);
        NativeMemory.Free(_sequences);
        NativeMemory.Free(_sequenceIds);
        NativeMemory.Free(_logits);
    }
}
