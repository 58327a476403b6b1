using System.Text;

namespace Syscribe.Inference.Gguf;

/// <summary>
/// The SentencePiece tokeniser as llama.cpp has it (<c>llm_tokenizer_spm</c> in <c>src/llama-vocab.cpp</c>): whole words
/// first, then of all neighbours the pair whose joined text has the highest score, the left one of equals, until no pair is
/// a token; what is left and no token becomes byte tokens. For training, where libllama need not be there. Not thread safe.
/// </summary>
public sealed class SpmTokenizer
{
    private const int UnknownType = 2, ControlType = 3, UserDefinedType = 4;
    private const int MaxCachedWords = 1 << 18;

    private static readonly byte[] Blank = [0xE2, 0x96, 0x81];

    private readonly Dictionary<byte[], int> _ids = new(ByteComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Dictionary<byte[], int[]> _words = new(ByteComparer.Instance);
    private readonly Dictionary<byte[], int[]>.AlternateLookup<ReadOnlySpan<byte>> _wordLookup;
    private readonly float[] _scores;
    private readonly int[] _byteTokens;
    private readonly (byte[] Text, int Id, bool OnlyInFrame)[] _whole;
    private readonly bool _addSpacePrefix;
    private readonly bool _wordsStandAlone;

    /// <summary>Makes the tokeniser of a vocabulary.</summary>
    /// <param name="tokens">Texts by id, as <c>tokenizer.ggml.tokens</c> has them.</param>
    /// <param name="scores">Scores by id.</param>
    /// <param name="types">Types by id.</param>
    /// <param name="addSpacePrefix">Whether a blank goes before a text, as <c>tokenizer.ggml.add_space_prefix</c> says.</param>
    public SpmTokenizer(IReadOnlyList<string> tokens, IReadOnlyList<float> scores, IReadOnlyList<int> types, bool addSpacePrefix)
    {
        var texts = tokens.Select(Encoding.UTF8.GetBytes).ToArray();
        for (var id = 0; id < texts.Length; id++)
        {
            _ids[texts[id]] = id;
        }

        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<byte>>();
        _wordLookup = _words.GetAlternateLookup<ReadOnlySpan<byte>>();
        _scores = [.. scores];
        _byteTokens = [.. Enumerable.Range(0, 256).Select(ByteToken)];
        _whole = [.. Enumerable.Range(0, texts.Length)
            .Where(id => texts[id].Length > 0 && types[id] is UnknownType or ControlType or UserDefinedType)
            .Select(id => (texts[id], id, types[id] != UserDefinedType))
            .OrderByDescending(whole => whole.Item1.Length)];
        _addSpacePrefix = addSpacePrefix;
        _wordsStandAlone = !texts.Any(text => text.AsSpan().LastIndexOf(Blank) > 0);
    }

    /// <summary>Tokens of <paramref name="text"/>.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="isFrame">Whether special tokens are recognised in it; false for text of a monitored process.</param>
    public int[] Tokenize(ReadOnlySpan<byte> text, bool isFrame = false)
    {
        var tokens = new List<int>((text.Length / 3) + 8);
        var afterWhole = true;
        foreach (var (start, length, id) in Parts(text, isFrame))
        {
            if (id >= 0)
            {
                tokens.Add(id);
            }
            else
            {
                AddText(tokens, text.Slice(start, length), afterWhole && _addSpacePrefix);
            }

            afterWhole = id >= 0;
        }

        return [.. tokens];
    }

    // Whole words stand first: longer ones before shorter ones, each from left to right in what is still text.
    private List<(int Start, int Length, int Id)> Parts(ReadOnlySpan<byte> text, bool isFrame)
    {
        var parts = new List<(int Start, int Length, int Id)>();
        if (text.Length > 0)
        {
            parts.Add((0, text.Length, -1));
        }

        foreach (var (whole, id, onlyInFrame) in _whole)
        {
            if (onlyInFrame && !isFrame)
            {
                continue;
            }

            for (var i = 0; i < parts.Count; i++)
            {
                var (start, length, known) = parts[i];
                var at = known >= 0 ? -1 : text.Slice(start, length).IndexOf(whole);
                if (at >= 0)
                {
                    Split(parts, i, at, whole.Length, id);
                    i -= at == 0 ? 0 : -1;
                }
            }
        }

        return parts;
    }

    private static void Split(List<(int Start, int Length, int Id)> parts, int index, int at, int wholeLength, int id)
    {
        var (start, length, _) = parts[index];
        var rest = length - at - wholeLength;
        parts[index] = (start + at, wholeLength, id);
        if (rest > 0)
        {
            parts.Insert(index + 1, (start + at + wholeLength, rest, -1));
        }

        if (at > 0)
        {
            parts.Insert(index, (start, at, -1));
        }
    }

    private void AddText(List<int> tokens, ReadOnlySpan<byte> text, bool spacePrefix)
    {
        var escaped = new byte[(text.Length + 1) * Blank.Length];
        var length = 0;
        if (spacePrefix)
        {
            Blank.CopyTo(escaped, 0);
            length = Blank.Length;
        }

        foreach (var b in text)
        {
            if (b == ' ')
            {
                Blank.CopyTo(escaped, length);
                length += Blank.Length;
            }
            else
            {
                escaped[length++] = b;
            }
        }

        // Where a character may be cut or wrong its length swallows what follows, blanks too.
        var wordsStandAlone = _wordsStandAlone && Ascii.IsValid(text);
        var rest = escaped.AsSpan(0, length);
        while (rest.Length > 0)
        {
            var next = wordsStandAlone ? rest[1..].IndexOf(Blank) : -1;
            var word = next < 0 ? rest : rest[..(next + 1)];
            tokens.AddRange(wordsStandAlone ? Word(word) : Merge(word));
            rest = rest[word.Length..];
        }
    }

    private int[] Word(ReadOnlySpan<byte> word)
    {
        if (!_wordLookup.TryGetValue(word, out var tokens))
        {
            tokens = Merge(word);
            if (_words.Count >= MaxCachedWords)
            {
                _words.Clear();
            }

            _words.Add(word.ToArray(), tokens);
        }

        return tokens;
    }

    private int[] Merge(ReadOnlySpan<byte> text)
    {
        // Invariant: symbol i is text[starts[i]..starts[i + 1]], and joins[i] the score of it joined with the next one.
        var starts = new List<int>(text.Length + 1);
        for (var at = 0; at < text.Length; at += Utf8Length(text[at]))
        {
            starts.Add(at);
        }

        starts.Add(text.Length);
        var joins = new List<float>(starts.Count);
        for (var i = 0; i + 1 < starts.Count; i++)
        {
            joins.Add(Join(text, starts, i));
        }

        while (Best(joins) is var best and >= 0)
        {
            starts.RemoveAt(best + 1);
            joins.RemoveAt(best + 1);
            joins[best] = Join(text, starts, best);
            if (best > 0)
            {
                joins[best - 1] = Join(text, starts, best - 1);
            }
        }

        return Ids(text, starts);
    }

    private float Join(ReadOnlySpan<byte> text, List<int> starts, int symbol) =>
        symbol + 2 < starts.Count && _lookup.TryGetValue(text[starts[symbol]..starts[symbol + 2]], out var id)
            ? _scores[id] : float.NegativeInfinity;

    private static int Best(List<float> joins)
    {
        var (best, score) = (-1, float.NegativeInfinity);
        for (var i = 0; i < joins.Count; i++)
        {
            if (joins[i] > score)
            {
                (best, score) = (i, joins[i]);
            }
        }

        return best;
    }

    private int[] Ids(ReadOnlySpan<byte> text, List<int> starts)
    {
        var tokens = new List<int>(starts.Count);
        for (var i = 0; i + 1 < starts.Count; i++)
        {
            var symbol = text[starts[i]..starts[i + 1]];
            if (_lookup.TryGetValue(symbol, out var id))
            {
                tokens.Add(id);
                continue;
            }

            foreach (var b in symbol)
            {
                tokens.Add(_byteTokens[b]);
            }
        }

        return [.. tokens];
    }

    // By the first byte alone, as llama.cpp does; a cut character at the end is cut there too (the last start is the end).
    private static int Utf8Length(byte first) => first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    private int ByteToken(int value) =>
        _lookup.TryGetValue(Encoding.ASCII.GetBytes($"<0x{value:X2}>"), out var id) ? id
        : _lookup.TryGetValue([(byte)value], out id) ? id : SpmVocabulary.Unknown;

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByteComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
