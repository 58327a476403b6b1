using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Syscribe.Inference.Engine;

namespace Syscribe.Inference.Tests.Support;

/// <summary>
/// A model whose logits are a hash of all tokens of the sequence so far, so that any token lost, doubled, misplaced or
/// taken from another sequence gives another answer. It refuses what a real KV cache would get wrong: a position that
/// does not follow, an unknown sequence, more cells than it has. One token is one byte.
/// </summary>
internal sealed class FakeModel : ILanguageModel
{
    public const int Begin = 256, End = 257, Vocabulary = 258;

    private readonly Dictionary<int, List<int>> _cells = [];
    private readonly Dictionary<int, float[]> _logits = [];
    private int _deciding;

    public string Digest { get; init; } = "fa4e";

    public string? PromptTemplate { get; init; } = "Is this bad? {event} Answer: ";

    public IReadOnlyList<string> Answers { get; init; } = ["NONE", "Critical Shell opened by %proc.name", "Critical Shell seen", "Warning File %fd.name read"];

    public IReadOnlyList<AnswerRule> AnswerRules { get; init; } = [];

    public int ContextTokens { get; init; } = 4096;

    public int MaxBatchTokens { get; init; } = 64;

    public int MaxSequences { get; init; } = 8;

    public int EndToken => End;

    public string DecodeFailure => "told to fail";

    /// <summary>Decides the fate of a batch before it is computed; null means success.</summary>
    public Func<TokenBatch, DecodeResult>? BeforeDecode { get; set; }

    /// <summary>Logits instead of the hashed ones.</summary>
    public Func<IReadOnlyList<int>, float[]>? LogitsOf { get; set; }

    public bool IsDisposed { get; private set; }

    public int LargestBatch { get; private set; }

    public int MostSequences { get; private set; }

    /// <summary>Logits after <paramref name="tokens"/>, as every sequence of them gets.</summary>
    public static float[] Hashed(IReadOnlyList<int> tokens)
    {
        var seed = (int)XxHash32.HashToUInt32(MemoryMarshal.AsBytes<int>(tokens.ToArray()));
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 8))];
    }

    public bool IsEnd(int token) => token == End;

    public int[] Tokenize(ReadOnlySpan<byte> text, TokenText kind)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var tokens = new List<int>();
        if (kind == TokenText.Instruction)
        {
            tokens.Add(Begin);
        }

        foreach (var b in text)
        {
            tokens.Add(b);
        }

        return [.. tokens];
    }

    public string Detokenize(ReadOnlySpan<int> tokens) =>
        Encoding.UTF8.GetString([.. tokens.ToArray().Where(token => token < 256).Select(token => (byte)token)]);

    public DecodeResult Decode(TokenBatch batch)
    {
        Assert.Equal(1, Interlocked.Increment(ref _deciding));
        try
        {
            Assert.InRange(batch.Count, 1, MaxBatchTokens);
            LargestBatch = Math.Max(LargestBatch, batch.Count);
            MostSequences = Math.Max(MostSequences, batch.Sequences.ToArray().Distinct().Count());
            var result = BeforeDecode?.Invoke(batch) ?? DecodeResult.Ok;

            // A failed decode may leave part of the batch behind, as libllama's does.
            Store(batch, result == DecodeResult.Failed ? batch.Count / 2 : result == DecodeResult.Ok ? batch.Count : 0);
            return result;
        }
        finally
        {
            Interlocked.Decrement(ref _deciding);
        }
    }

    public ReadOnlySpan<float> Logits(int row) => _logits[row];

    public void CopySequence(int source, int target, int count)
    {
        Assert.False(_cells.TryGetValue(target, out var there) && there.Count > 0);
        _cells[target] = [.. _cells[source].Take(count)];
    }

    public void TrimSequence(int sequence, int from)
    {
        if (_cells.TryGetValue(sequence, out var cells))
        {
            cells.RemoveRange(Math.Min(from, cells.Count), Math.Max(0, cells.Count - from));
        }
    }

    public void Dispose() => IsDisposed = true;

    private void Store(TokenBatch batch, int count)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _logits.Clear();
        for (var row = 0; row < count; row++)
        {
            var sequence = batch.Sequences[row];
            Assert.InRange(sequence, 0, MaxSequences);
            var cells = CollectionsMarshal.GetValueRefOrAddDefault(_cells, sequence, out _) ??= [];
            Assert.Equal(cells.Count, batch.Positions[row]);
            cells.Add(batch.Tokens[row]);
            if (batch.WantsLogits[row])
            {
                _logits[row] = LogitsOf?.Invoke(cells) ?? Hashed(cells);
            }
        }

        Assert.InRange(UsedCells(), 0, ContextTokens);
    }

    // The shared prefix counts once.
    private int UsedCells()
    {
        var prefix = _cells.GetValueOrDefault(0)?.Count ?? 0;
        return prefix + _cells.Where(c => c.Key != 0).Sum(c => Math.Max(0, c.Value.Count - prefix));
    }
}
