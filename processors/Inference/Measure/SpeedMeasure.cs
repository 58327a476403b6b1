using System.Diagnostics;
using System.Globalization;
using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Text;

namespace Syscribe.Inference.Measure;

/// <summary>Measures a model: prefill and decode by themselves, then events through the engine.</summary>
/// <param name="options">The model; its context and sequences are set to what is measured.</param>
/// <param name="parallel">Numbers of prompts at a time, each 1 to 255.</param>
/// <param name="promptTokens">Tokens of each prompt.</param>
/// <param name="each">Time for each of the measurements.</param>
public sealed class SpeedMeasure(LlamaModelOptions options, IReadOnlyList<int> parallel, int promptTokens, TimeSpan each)
{
    // Room behind a prompt while decoding is measured.
    private const int DecodeTokens = 32;

    /// <summary>GPU memory that model and context took, bytes; 0 without a GPU.</summary>
    public long GpuBytes { get; private set; }

    /// <summary>Resident memory of this process with model and context, bytes.</summary>
    public long ResidentBytes { get; private set; }

    /// <summary>Measures all; says what it is about to do through <paramref name="say"/>.</summary>
    /// <param name="limits">What the machine can do.</param>
    /// <param name="cost">What a token costs.</param>
    /// <param name="say">Progress.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ArgumentException">The prompt is shorter than its frame.</exception>
    /// <exception cref="LlamaException">The model cannot be loaded, or not with that much context.</exception>
    /// <exception cref="InferenceException">It fails.</exception>
    public async Task<IReadOnlyList<SpeedPoint>> RunAsync(MachineLimits limits, ModelCost cost, Action<string> say, CancellationToken stop)
    {
        say($"loading {Path.GetFileName(options.Path)}");
        var most = parallel.Max();
        LlamaLibrary.Load(options.LibraryDirectory, options.GpuLayers != 0);
        var free = LlamaLibrary.FreeGpuBytes();
        var model = LlamaCppModel.Open(options with { MaxSequences = most, ContextTokens = Math.Max(256, Room(options.Path) * (most + 1)) });
        var engineOptions = EngineOptionsFor(model);
        string[] texts;
        var raw = new List<(double Prefill, double Decode)>();
        try
        {
            texts = Texts(model, engineOptions, Math.Max(2 * most, 16));
            foreach (var count in parallel)
            {
                say($"{count} at a time: prefill and decode");
                raw.Add((Prefill(model, count, stop), Decode(model, count, stop)));
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }

        await using var engine = InferenceEngine.Start(model, engineOptions);
        ResidentBytes = Environment.WorkingSet;
        GpuBytes = free - LlamaLibrary.FreeGpuBytes();
        var points = new List<SpeedPoint>();
        for (var i = 0; i < parallel.Count; i++)
        {
            say($"{parallel[i]} at a time: events");
            points.Add(await PointAsync(engine, parallel[i], texts, raw[i], limits, cost, stop));
        }

        return points;
    }

    private async Task<SpeedPoint> PointAsync(
        InferenceEngine engine, int count, string[] texts, (double Prefill, double Decode) raw, MachineLimits limits, ModelCost cost, CancellationToken stop)
    {
        var before = engine.Counters;
        var started = Stopwatch.GetTimestamp();
        var next = -1;
        var latencies = (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(AskAsync, stop)))).SelectMany(ms => ms).Order().ToArray();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var context = promptTokens + (DecodeTokens / 2.0);
        return new SpeedPoint
        {
            Parallel = count,
            PrefillPerSecond = raw.Prefill,
            DecodePerSecond = raw.Decode,
            EventsPerSecond = latencies.Length / seconds,
            PrefillTokensPerEvent = (double)(engine.Counters.PrefillTokens - before.PrefillTokens) / latencies.Length,
            MedianMs = latencies[latencies.Length / 2],
            BandwidthRatio = raw.Decode / count * (cost.StepBytes + (count * context * cost.KvBytesPerToken)) / limits.BytesPerSecond,
            ArithmeticRatio = raw.Prefill * cost.Flops(promptTokens / 2.0) / limits.FlopsPerSecond,
        };

        async Task<List<double>> AskAsync()
        {
            var mine = new List<double>();
            do
            {
                var text = texts[Interlocked.Increment(ref next) % texts.Length];
                mine.Add((await engine.AskAsync(Encoding.ASCII.GetBytes(text), stop)).Latency.TotalMilliseconds);
            }
            while (Stopwatch.GetElapsedTime(started) < each);

            return mine;
        }
    }

    private double Prefill(LlamaCppModel model, int count, CancellationToken stop)
    {
        var batch = new TokenBatch(model.MaxBatchTokens);
        long tokens = 0;
        var started = Stopwatch.GetTimestamp();
        do
        {
            tokens += Fill(model, batch, count, stop);
            Clear(model, count, 0);
        }
        while (Stopwatch.GetElapsedTime(started) < each);

        return tokens / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private double Decode(LlamaCppModel model, int count, CancellationToken stop)
    {
        var batch = new TokenBatch(model.MaxBatchTokens);
        Fill(model, batch, count, stop);
        long tokens = 0;
        var started = Stopwatch.GetTimestamp();
        do
        {
            for (var at = promptTokens; at < promptTokens + DecodeTokens && Stopwatch.GetElapsedTime(started) < each; at++)
            {
                for (var first = 0; first < count; first += batch.Capacity)
                {
                    Step(model, batch, first, Math.Min(count, first + batch.Capacity), at, stop);
                }

                tokens += count;
            }

            Clear(model, count, promptTokens);
        }
        while (Stopwatch.GetElapsedTime(started) < each);

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Clear(model, count, 0);
        return tokens / seconds;
    }

    private static void Step(LlamaCppModel model, TokenBatch batch, int first, int end, int at, CancellationToken stop)
    {
        batch.Clear();
        for (var sequence = first; sequence < end; sequence++)
        {
            batch.Add(Token(model, sequence, at), at, sequence + 1, wantsLogits: true);
        }

        Compute(model, batch, stop);
    }

    // The prompts of all sequences, as many tokens a step as it takes.
    private long Fill(LlamaCppModel model, TokenBatch batch, int count, CancellationToken stop)
    {
        batch.Clear();
        for (var sequence = 0; sequence < count; sequence++)
        {
            for (var at = 0; at < promptTokens; at++)
            {
                batch.Add(Token(model, sequence, at), at, sequence + 1, wantsLogits: at == promptTokens - 1);
                if (batch.Count == batch.Capacity)
                {
                    Compute(model, batch, stop);
                    batch.Clear();
                }
            }
        }

        if (batch.Count > 0)
        {
            Compute(model, batch, stop);
        }

        return (long)count * promptTokens;
    }

    private static void Compute(LlamaCppModel model, TokenBatch batch, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (model.Decode(batch) != DecodeResult.Ok)
        {
            throw new InferenceException(InferenceFailure.Model, model.DecodeFailure);
        }
    }

    private static void Clear(LlamaCppModel model, int count, int from)
    {
        for (var sequence = 1; sequence <= count; sequence++)
        {
            model.TrimSequence(sequence, from);
        }
    }

    // Any tokens but the special ones at the start of a vocabulary: speed does not depend on which.
    private static int Token(LlamaCppModel model, int sequence, int at) => 300 + (((sequence * 31) + (at * 7)) % (model.VocabularySize - 300));

    private EngineOptions EngineOptionsFor(LlamaCppModel model) => new()
    {
        PromptTemplate = model.PromptTemplate is null ? SyntheticModel.Prompt : null,
        Answers = model.Answers.Count == 0 ? SyntheticModel.Answers : null,
        MaxPromptTokens = Math.Max(16, promptTokens),
        MaxPending = 2 * parallel.Max(),
        Deadline = TimeSpan.FromHours(1),
    };

    // Events of the wanted length that have nothing but the instruction in common.
    private string[] Texts(LlamaCppModel model, EngineOptions engine, int count)
    {
        var template = PromptTemplate.Parse(engine.PromptTemplate ?? model.PromptTemplate ?? SyntheticModel.Prompt);
        var frame = model.Tokenize(template.Instruction.Span, TokenText.Instruction).Length + model.Tokenize(template.Suffix.Span, TokenText.Frame).Length;
        if (promptTokens <= frame)
        {
            throw new ArgumentException($"A prompt of {promptTokens} tokens has no room for an event: the model's frame alone takes {frame}.");
        }

        return [.. Enumerable.Range(0, count).Select(i => TextOf(model, i, promptTokens - frame))];
    }

    private static string TextOf(LlamaCppModel model, int number, int tokens)
    {
        var random = new Random(number);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"call=open{(char)('a' + (number % 26))} "));
        while (TokensOf(text.Length) < tokens)
        {
            text.Append(CultureInfo.InvariantCulture, $"key{random.Next(100)}=/var/lib/{random.Next(100_000)}/x ");
        }

        var (low, high) = (1, text.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = TokensOf(middle) <= tokens ? (middle, high) : (low, middle - 1);
        }

        return text.ToString(0, low);

        int TokensOf(int length) => model.Tokenize(Encoding.ASCII.GetBytes(text.ToString(0, length)), TokenText.Data).Length;
    }

    // Cells that a prompt and the longest answer take; the answers are known only once the model is loaded.
    private int Room(string path)
    {
        var answers = Gguf.GgufFile.Read(path).Metadata.GetValueOrDefault(LlamaCppModel.AnswersKey) as string[] ?? [.. SyntheticModel.Answers];
        return promptTokens + Math.Max(DecodeTokens, answers.Max(answer => answer.Length) + 1);
    }
}
