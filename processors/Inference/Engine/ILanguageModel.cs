namespace Syscribe.Inference.Engine;

/// <summary>How a decode step ended.</summary>
public enum DecodeResult
{
    /// <summary>Every token of the batch is in the KV cache, and the logits asked for are readable.</summary>
    Ok,

    /// <summary>No room in the KV cache; a smaller batch may fit.</summary>
    NoRoom,

    /// <summary>The computation failed. Part of the batch may be in the KV cache.</summary>
    Failed,
}

/// <summary>
/// A language model with one context: what the engine needs of libllama, LLamaSharp or a test's own. Tokenising is
/// thread safe; everything else belongs to one thread at a time.
/// </summary>
public interface ILanguageModel : IDisposable
{
    /// <summary>Identity of the weights and adapters, lower-case hexadecimal.</summary>
    string Digest { get; }

    /// <summary>Prompt template stored with the model; null where there is none. See <see cref="Text.PromptTemplate"/>.</summary>
    string? PromptTemplate { get; }

    /// <summary>Known answers stored with the model, the harmless one first; empty where there are none.</summary>
    IReadOnlyList<string> Answers { get; }

    /// <summary>Rules that the answers stand for, in the same order; empty where the model does not say.</summary>
    IReadOnlyList<AnswerRule> AnswerRules { get; }

    /// <summary>KV cells shared by all sequences.</summary>
    int ContextTokens { get; }

    /// <summary>Most tokens of one <see cref="Decode"/>.</summary>
    int MaxBatchTokens { get; }

    /// <summary>Prompts at a time. Sequence ids are 0 (the shared prefix) to this number.</summary>
    int MaxSequences { get; }

    /// <summary>Token that ends an answer.</summary>
    int EndToken { get; }

    /// <summary>Whether <paramref name="token"/> ends an answer, as the end token and its kin do.</summary>
    bool IsEnd(int token);

    /// <summary>
    /// Tokens of <paramref name="text"/>, UTF-8. Thread safe.
    /// </summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="kind">What the text is; only <see cref="TokenText.Instruction"/> may hold special tokens.</param>
    int[] Tokenize(ReadOnlySpan<byte> text, TokenText kind);

    /// <summary>The text of <paramref name="tokens"/>, special ones left out. Thread safe.</summary>
    string Detokenize(ReadOnlySpan<int> tokens);

    /// <summary>Computes <paramref name="batch"/>.</summary>
    DecodeResult Decode(TokenBatch batch);

    /// <summary>Why the last <see cref="Decode"/> failed.</summary>
    string DecodeFailure { get; }

    /// <summary>Logits over the vocabulary at batch row <paramref name="row"/>; valid until the next <see cref="Decode"/>.</summary>
    ReadOnlySpan<float> Logits(int row);

    /// <summary>Makes <paramref name="target"/> share the first <paramref name="count"/> cells of <paramref name="source"/>.</summary>
    void CopySequence(int source, int target, int count);

    /// <summary>Forgets the cells of <paramref name="sequence"/> from position <paramref name="from"/> on.</summary>
    void TrimSequence(int sequence, int from);
}

/// <summary>What a text to tokenise is.</summary>
public enum TokenText
{
    /// <summary>The start of the prompt, ours: begins with the model's begin token, special tokens are parsed.</summary>
    Instruction,

    /// <summary>The rest of the prompt's frame, ours: special tokens are parsed.</summary>
    Frame,

    /// <summary>Text of a monitored process, or an answer: never a special token.</summary>
    Data,
}
