using System.Runtime.InteropServices;

namespace Syscribe.Inference.Gguf;

/// <summary>Byte-pair encoding over counted words: each call of <see cref="Next"/> joins the most frequent pair everywhere.</summary>
internal sealed class PairMerges
{
    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(int[] Symbols, int Count)> _words = [];
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _where = [];

    /// <param name="words">Words of printable ASCII and how often each occurs; a blank only at a word's start.</param>
    public PairMerges(IReadOnlyDictionary<string, int> words)
    {
        foreach (var (word, count) in words.OrderBy(word => word.Key, StringComparer.Ordinal))
        {
            var symbols = word.Select(c => Id((c == ' ' ? SpmVocabulary.Blank : c).ToString())).ToArray();
            _words.Add((symbols, count));
            Account(_words.Count - 1, +1);
        }
    }

    /// <summary>Text of the next piece; null when no pair occurs twice.</summary>
    public string? Next()
    {
        var best = default((int Left, int Right));
        var (most, text) = (1L, (string?)null);
        foreach (var (pair, count) in _counts)
        {
            if (count < most || count == 1)
            {
                continue;
            }

            // Ties go to the smaller text, so that the same corpus gives the same vocabulary.
            var joined = count > most || text is null || string.CompareOrdinal(_pieces[pair.Left], text) <= 0 ? _pieces[pair.Left] + _pieces[pair.Right] : null;
            if (count > most || (joined is not null && (text is null || string.CompareOrdinal(joined, text) < 0)))
            {
                (best, most, text) = (pair, count, joined);
            }
        }

        if (text is not null)
        {
            Join(best, Id(text));
        }

        return text;
    }

    private int Id(string piece)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, piece, out var known);
        if (!known)
        {
            id = _pieces.Count;
            _pieces.Add(piece);
        }

        return id;
    }

    private void Join((int Left, int Right) pair, int joined)
    {
        foreach (var word in _where[pair].ToArray())
        {
            Account(word, -1);
            _words[word] = (Joined(_words[word].Symbols, pair, joined), _words[word].Count);
            Account(word, +1);
        }
    }

    private static int[] Joined(int[] symbols, (int Left, int Right) pair, int joined)
    {
        var to = new List<int>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            var here = i + 1 < symbols.Length && symbols[i] == pair.Left && symbols[i + 1] == pair.Right;
            to.Add(here ? joined : symbols[i]);
            i += here ? 1 : 0;
        }

        return [.. to];
    }

    private void Account(int word, int sign)
    {
        var (symbols, count) = _words[word];
        for (var i = 1; i < symbols.Length; i++)
        {
            var pair = (symbols[i - 1], symbols[i]);
            ref var all = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _);
            all += sign * count;
            var words = CollectionsMarshal.GetValueRefOrAddDefault(_where, pair, out _) ??= [];
            if (sign > 0)
            {
                words.Add(word);
            }
            else
            {
                words.Remove(word);
                if (all == 0)
                {
                    _counts.Remove(pair);
                    _where.Remove(pair);
                }
            }
        }
    }
}
