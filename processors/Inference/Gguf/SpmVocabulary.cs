using System.Globalization;

namespace Syscribe.Inference.Gguf;

/// <summary>
/// A small SentencePiece-style vocabulary: three special tokens, 256 byte tokens, whole words that are one token
/// wherever they stand, the printable characters, and byte-pair merges by frequency (score = -rank).
/// </summary>
/// <remarks>A blank inside a merged piece is U+2581, as SentencePiece has it; in a whole word it is a blank.</remarks>
public sealed class SpmVocabulary
{
    /// <summary>Ids of the special tokens: unknown, begin, end.</summary>
    public const int Unknown = 0, Begin = 1, End = 2;

    private const char Blank = '\u2581';
    private const int Normal = 1, UnknownType = 2, Control = 3, UserDefined = 4, ByteType = 6;

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

    /// <summary>Learns merges from <paramref name="corpus"/> until there are <paramref name="size"/> tokens or nothing repeats.</summary>
    /// <param name="corpus">Sample texts; only printable ASCII of them is learned, the rest is byte tokens.</param>
    /// <param name="words">Texts that shall be one token each, as the answers' words.</param>
    /// <param name="size">Tokens wanted, at least 354 and the words.</param>
    public static SpmVocabulary Train(IEnumerable<string> corpus, IEnumerable<string> words, int size)
    {
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

        var texts = corpus.Select(Symbols).ToList();
        for (var rank = 1; vocabulary.Count < size && MostFrequentPair(texts) is { } pair; rank++)
        {
            vocabulary.Add(pair.Left + pair.Right, -rank, Normal);
            foreach (var text in texts)
            {
                Merge(text, pair.Left, pair.Right);
            }
        }

        return vocabulary;
    }

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

    private static List<string> Symbols(string text) =>
        [.. text.Where(c => c is >= ' ' and <= '~').Select(c => (c == ' ' ? Blank : c).ToString())];

    private static (string Left, string Right)? MostFrequentPair(List<List<string>> texts)
    {
        var counts = new Dictionary<(string, string), int>();
        foreach (var text in texts)
        {
            for (var i = 1; i < text.Count; i++)
            {
                var pair = (text[i - 1], text[i]);
                counts[pair] = counts.GetValueOrDefault(pair) + 1;
            }
        }

        // Ties go to the smaller text, so that the same corpus gives the same vocabulary.
        var best = counts.Where(c => c.Value > 1)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key.Item1 + c.Key.Item2, StringComparer.Ordinal)
            .Select(c => ((string, string)?)c.Key)
            .FirstOrDefault();
        return best;
    }

    private static void Merge(List<string> text, string left, string right)
    {
        var to = 0;
        for (var from = 0; from < text.Count; from++, to++)
        {
            var pair = from + 1 < text.Count && text[from] == left && text[from + 1] == right;
            text[to] = pair ? left + right : text[from];
            from += pair ? 1 : 0;
        }

        text.RemoveRange(to, text.Count - to);
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
