using System.Globalization;

namespace Syscribe.Inference.Gguf;

/// <summary>
/// A small SentencePiece-style vocabulary: three special tokens, 256 byte tokens, whole words that are one token
/// wherever they stand, the printable characters, and byte-pair merges by frequency (score = -rank).
/// </summary>
/// <remarks>
/// A blank in a merged piece is U+2581, as SentencePiece has it, and stands only at its start; in a whole word it is a blank.
/// </remarks>
public sealed class SpmVocabulary
{
    /// <summary>Ids of the special tokens: unknown, begin, end.</summary>
    public const int Unknown = 0, Begin = 1, End = 2;

    internal const char Blank = '\u2581';
    private const int Normal = 1, UnknownType = 2, Control = 3, UserDefined = 4, Unused = 5, ByteType = 6;

    private readonly List<string> _tokens = [];
    private readonly List<float> _scores = [];
    private readonly List<int> _types = [];
    private readonly HashSet<string> _known = [];

    private SpmVocabulary()
    {
    }

    /// <summary>Tokens in all.</summary>
    public int Count => _tokens.Count;

    /// <summary>Texts by token id.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>Scores by token id; of two pairs the one with the higher score is joined first.</summary>
    public IReadOnlyList<float> Scores => _scores;

    /// <summary>Types by token id, as <c>llama_token_type</c> numbers them.</summary>
    public IReadOnlyList<int> Types => _types;

    /// <summary>Learns merges from <paramref name="corpus"/> until there are <paramref name="size"/> tokens or nothing repeats.</summary>
    /// <param name="corpus">Sample texts; only printable ASCII of them is learned, the rest is byte tokens.</param>
    /// <param name="words">Texts that shall be one token each, as the answers' words.</param>
    /// <param name="size">Tokens wanted, at least 354 and the words.</param>
    public static SpmVocabulary Train(IEnumerable<string> corpus, IEnumerable<string> words, int size)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(words);
        var vocabulary = new SpmVocabulary();
        vocabulary.AddFixed();
        foreach (var word in words)
        {
            vocabulary.Add(word, 0, UserDefined);
        }

        for (var c = ' '; c <= '~'; c++)
        {
            vocabulary.Add((c == ' ' ? Blank : c).ToString(), -1_000_000 - c, Normal);
        }

        var merges = new PairMerges(vocabulary.CountWords(corpus));
        for (var rank = 1; vocabulary.Count < size && merges.Next() is { } piece; rank++)
        {
            vocabulary.Add(piece, -rank, Normal);
        }

        return vocabulary;
    }

    /// <summary>Adds tokens that no text becomes until there are <paramref name="size"/>: for the width of a larger model.</summary>
    public void PadTo(int size)
    {
        while (Count < size)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"<unused_{Count}>"), 0, Unused);
        }
    }

    /// <summary>The tokeniser that libllama makes of this vocabulary.</summary>
    public SpmTokenizer Tokenizer() => new(_tokens, _scores, _types, addSpacePrefix: false);

    /// <summary>Sets the keys of <c>tokenizer.ggml</c>.</summary>
    public void WriteTo(GgufWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Set("tokenizer.ggml.model", "llama")
            .Set("tokenizer.ggml.tokens", _tokens.ToArray())
            .Set("tokenizer.ggml.scores", _scores.ToArray())
            .Set("tokenizer.ggml.token_type", _types.ToArray())
            .Set("tokenizer.ggml.unknown_token_id", (uint)Unknown)
            .Set("tokenizer.ggml.bos_token_id", (uint)Begin)
            .Set("tokenizer.ggml.eos_token_id", (uint)End)
            .Set("tokenizer.ggml.add_bos_token", true)
            .Set("tokenizer.ggml.add_eos_token", false)
            .Set("tokenizer.ggml.add_space_prefix", false);
    }

    // A word starts at its blank, or at the start of a text, behind a whole word or behind what is not printable.
    private Dictionary<string, int> CountWords(IEnumerable<string> corpus)
    {
        var whole = Enumerable.Range(0, Count).Where(id => _types[id] == UserDefined).Select(id => _tokens[id])
            .OrderByDescending(word => word.Length).ToArray();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in corpus)
        {
            // A character that no text of printable ASCII holds stands for what is taken out.
            var rest = whole.Aggregate(text, (left, word) => left.Replace(word, "\0", StringComparison.Ordinal));
            var start = 0;
            for (var i = 0; i <= rest.Length; i++)
            {
                if (i == rest.Length || rest[i] is <= ' ' or > '~')
                {
                    CountWord(counts, rest.AsSpan(start, i - start));
                    start = i < rest.Length && rest[i] != ' ' ? i + 1 : i;
                }
            }
        }

        return counts;

        static void CountWord(Dictionary<string, int> counts, ReadOnlySpan<char> word)
        {
            if (word.Length > 1)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                    counts.GetAlternateLookup<ReadOnlySpan<char>>(), word, out _)++;
            }
        }
    }

    private void AddFixed()
    {
        Add("<unk>", 0, UnknownType);
        Add("<s>", 0, Control);
        Add("</s>", 0, Control);
        for (var b = 0; b < 256; b++)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"), 0, ByteType);
        }
    }

    private void Add(string token, float score, int type)
    {
        if (_known.Add(token))
        {
            _tokens.Add(token);
            _scores.Add(score);
            _types.Add(type);
        }
    }
}
