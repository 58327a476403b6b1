using System.Security.Cryptography;
using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;

namespace Syscribe.Inference.LlamaCpp;

/// <summary>A GGUF model and one context of it, on libllama.</summary>
public sealed unsafe class LlamaCppModel : ILanguageModel
{
    /// <summary>GGUF metadata key of the prompt template.</summary>
    public const string PromptKey = "syscribe.prompt";

    /// <summary>GGUF metadata key of the known answers, an array of strings.</summary>
    public const string AnswersKey = "syscribe.answers";

    /// <summary>GGUF metadata key of the rules' names, parallel to the answers; empty text for the harmless one.</summary>
    public const string RulesKey = "syscribe.rules";

    /// <summary>GGUF metadata key of the rules' tags, each rule's joined by commas, parallel to the answers.</summary>
    public const string TagsKey = "syscribe.tags";

    private readonly LlamaModelHandle _model;
    private readonly LlamaContextHandle _context;
    private readonly nint _vocabulary;
    private readonly nint _memory;
    private readonly int _vocabularySize;
    private readonly LlamaBatchMemory _batch;

    private LlamaCppModel(LlamaModelOptions options, GgufFile file, LlamaModelHandle model, LlamaContextHandle context, string digest)
    {
        _model = model;
        _context = context;
        _vocabulary = NativeMethods.llama_model_get_vocab(model);
        _vocabularySize = NativeMethods.llama_vocab_n_tokens(_vocabulary);
        _memory = NativeMethods.llama_get_memory(context);
        _batch = new LlamaBatchMemory(options.MaxBatchTokens);
        Digest = digest;
        PromptTemplate = Stored<string>(file, options.Adapters, PromptKey);
        Answers = Stored<string[]>(file, options.Adapters, AnswersKey) ?? [];
        AnswerRules = AnswerRule.Of(Stored<string[]>(file, options.Adapters, RulesKey) ?? [], Stored<string[]>(file, options.Adapters, TagsKey) ?? []);
        ContextTokens = (int)NativeMethods.llama_n_ctx(context);
        MaxBatchTokens = options.MaxBatchTokens;
        MaxSequences = options.MaxSequences;
        EndToken = NativeMethods.llama_vocab_eos(_vocabulary);
        ParameterCount = (long)NativeMethods.llama_model_n_params(model);
    }

    /// <inheritdoc />
    public string Digest { get; }

    /// <inheritdoc />
    public string? PromptTemplate { get; }

    /// <inheritdoc />
    public IReadOnlyList<string> Answers { get; }

    /// <inheritdoc />
    public IReadOnlyList<AnswerRule> AnswerRules { get; }

    /// <inheritdoc />
    public int ContextTokens { get; }

    /// <inheritdoc />
    public int MaxBatchTokens { get; }

    /// <inheritdoc />
    public int MaxSequences { get; }

    /// <inheritdoc />
    public int EndToken { get; }

    /// <summary>Weights of the model.</summary>
    public long ParameterCount { get; }

    /// <summary>Tokens of its vocabulary.</summary>
    public int VocabularySize => _vocabularySize;

    /// <inheritdoc />
    public string DecodeFailure { get; private set; } = "";

    /// <summary>Loads library, model, context and adapters.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names all of them.</exception>
    /// <exception cref="GgufException">The file is no GGUF file.</exception>
    /// <exception cref="LlamaException">The library is missing or refuses the model, or the GPU asked for is not there.</exception>
    public static LlamaCppModel Open(LlamaModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException("Model options: " + string.Join("; ", problems) + ".", nameof(options));
        }

        var file = GgufFile.Read(options.Path);
        LlamaLibrary.Load(options.LibraryDirectory, options.GpuLayers != 0);
        RequireGpu(options);
        var digest = DigestOf(options);
        var model = LoadModel(options);
        LlamaContextHandle? context = null;
        try
        {
            context = MakeContext(options, model);
            ApplyAdapters(options, model, context);
            return new LlamaCppModel(options, file, model, context, digest);
        }
        catch
        {
            context?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public bool IsEnd(int token) => NativeMethods.llama_vocab_is_eog(_vocabulary, token);

    /// <summary>Whether <paramref name="token"/> is a control token, which event text never becomes.</summary>
    public bool IsControl(int token) => NativeMethods.llama_vocab_is_control(_vocabulary, token);

    /// <inheritdoc />
    /// <exception cref="ObjectDisposedException">The model is gone.</exception>
    public int[] Tokenize(ReadOnlySpan<byte> text, TokenText kind)
    {
        using var hold = new Hold(_model);

        // A token covers at least one byte, but for the blank that some vocabularies put in front.
        var tokens = new int[text.Length + 2];
        fixed (byte* from = text)
        fixed (int* to = tokens)
        {
            byte none = 0;
            var count = NativeMethods.llama_tokenize(
                _vocabulary, from is null ? &none : from, text.Length, to, tokens.Length, addSpecial: false, parseSpecial: kind != TokenText.Data);
            if (count < 0)
            {
                throw new LlamaException($"Tokenising {text.Length} bytes gave more than {tokens.Length} tokens.");
            }

            return kind == TokenText.Instruction && NativeMethods.llama_vocab_get_add_bos(_vocabulary)
                ? [NativeMethods.llama_vocab_bos(_vocabulary), .. tokens.AsSpan(0, count)]
                : tokens[..count];
        }
    }

    /// <inheritdoc />
    /// <exception cref="ObjectDisposedException">The model is gone.</exception>
    public string Detokenize(ReadOnlySpan<int> tokens)
    {
        using var hold = new Hold(_model);
        var bytes = new List<byte>(tokens.Length * 4);
        Span<byte> piece = stackalloc byte[256];
        foreach (var token in tokens)
        {
            fixed (byte* to = piece)
            {
                var length = NativeMethods.llama_token_to_piece(_vocabulary, token, to, piece.Length, 0, special: false);
                bytes.AddRange(piece[..Math.Max(length, 0)]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <inheritdoc />
    public DecodeResult Decode(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var code = NativeMethods.llama_decode(_context, _batch.Fill(batch));
        if (code == 0)
        {
            return DecodeResult.Ok;
        }

        DecodeFailure = $"llama_decode of {batch.Count} tokens returned {code}: {LlamaLog.TakeReason()}";
        return code == 1 ? DecodeResult.NoRoom : DecodeResult.Failed;
    }

    /// <inheritdoc />
    public ReadOnlySpan<float> Logits(int row)
    {
        var logits = NativeMethods.llama_get_logits_ith(_context, row);
        return logits is null
            ? throw new LlamaException($"No logits at row {row}: {LlamaLog.TakeReason()}")
            : new ReadOnlySpan<float>(logits, _vocabularySize);
    }

    /// <inheritdoc />
    public void CopySequence(int source, int target, int count) =>
        NativeMethods.llama_memory_seq_cp(_memory, source, target, 0, count);

    /// <inheritdoc />
    public void TrimSequence(int sequence, int from)
    {
        if (!NativeMethods.llama_memory_seq_rm(_memory, sequence, from, -1))
        {
            throw new LlamaException($"Removing sequence {sequence} from position {from} failed: {LlamaLog.TakeReason()}");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _context.Dispose();
        _model.Dispose();
        _batch.Dispose();
    }

    // An adapter that was trained on questions of ours carries their frame; its base knows nothing of it.
    private static T? Stored<T>(GgufFile file, IReadOnlyList<LoraAdapter> adapters, string key)
        where T : class =>
        adapters.Select(adapter => GgufFile.Read(adapter.Path)).Append(file)
            .Select(each => each.Metadata.GetValueOrDefault(key) as T).FirstOrDefault(value => value is not null);

    private static void RequireGpu(LlamaModelOptions options)
    {
        if (options.GpuLayers != 0 && LlamaLibrary.Gpus().Count == 0)
        {
            throw new LlamaException(
                $"GpuLayers is {options.GpuLayers}, but the backends in {LlamaLibrary.LoadedDirectory} see no GPU: {LlamaLog.TakeReason()}. " +
                "Run infra/natives --gpu, check the driver and libcudart.so.13, or set GpuLayers to 0.");
        }
    }

    private static LlamaModelHandle LoadModel(LlamaModelOptions options)
    {
        LlamaLog.TakeReason();
        var parameters = NativeMethods.llama_model_default_params();
        parameters.GpuLayers = options.GpuLayers;
        var model = NativeMethods.llama_model_load_from_file(options.Path, parameters);
        return model.IsInvalid
            ? throw new LlamaException($"Loading model {options.Path} failed: {LlamaLog.TakeReason()}")
            : model;
    }

    private static LlamaContextHandle MakeContext(LlamaModelOptions options, LlamaModelHandle model)
    {
        var parameters = NativeMethods.llama_context_default_params();
        parameters.ContextTokens = (uint)options.ContextTokens;
        parameters.BatchTokens = (uint)options.MaxBatchTokens;
        parameters.MicroBatchTokens = (uint)options.MaxBatchTokens;
        parameters.MaxSequences = (uint)options.MaxSequences + 1;
        parameters.Threads = options.Threads;
        parameters.ThreadsBatch = options.Threads;
        parameters.TypeK = (int)options.KvType;
        parameters.TypeV = (int)options.KvType;
        parameters.FlashAttention = (int)options.FlashAttention;
        parameters.KvUnified = 1;
        var context = NativeMethods.llama_init_from_model(model, parameters);
        if (context.IsInvalid)
        {
            throw new LlamaException(
                $"Making a context of {options.ContextTokens} tokens for {options.Path} failed: {LlamaLog.TakeReason()}");
        }

        context.Hold(model);
        return context;
    }

    private static void ApplyAdapters(LlamaModelOptions options, LlamaModelHandle model, LlamaContextHandle context)
    {
        if (options.Adapters.Count == 0)
        {
            return;
        }

        // libllama frees adapters with their model.
        var adapters = options.Adapters.Select(adapter => LoadAdapter(adapter, model)).ToArray();
        var scales = options.Adapters.Select(adapter => adapter.Scale).ToArray();
        fixed (nint* first = adapters)
        fixed (float* scale = scales)
        {
            if (NativeMethods.llama_set_adapters_lora(context, first, (nuint)adapters.Length, scale) != 0)
            {
                throw new LlamaException($"Applying {adapters.Length} LoRA adapters failed: {LlamaLog.TakeReason()}");
            }
        }
    }

    private static nint LoadAdapter(LoraAdapter adapter, LlamaModelHandle model)
    {
        var loaded = NativeMethods.llama_adapter_lora_init(model, adapter.Path);
        return loaded == 0
            ? throw new LlamaException($"Loading LoRA adapter {adapter.Path} failed: {LlamaLog.TakeReason()}")
            : loaded;
    }

    // SHA-256 of the model file, as sha256sum prints it; with adapters, of that and each adapter's and its scale.
    private static string DigestOf(LlamaModelOptions options)
    {
        var model = FileDigest(options.Path);
        if (options.Adapters.Count == 0)
        {
            return model;
        }

        var all = model + string.Concat(options.Adapters.Select(
            adapter => $"+{FileDigest(adapter.Path)}*{adapter.Scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(all)));
    }

    private static string FileDigest(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    // The vocabulary is memory of the model: callers on other threads keep the model while they use it.
    private readonly ref struct Hold
    {
        private readonly LlamaModelHandle _held;

        public Hold(LlamaModelHandle model)
        {
            var held = false;
            model.DangerousAddRef(ref held);
            _held = model;
        }

        public void Dispose() => _held.DangerousRelease();
    }
}
