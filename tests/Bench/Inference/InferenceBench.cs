using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Text;
using Syscribe.Inference.Verdicts;
using Syscribe.Rules;

namespace Syscribe.Bench.Inference;

/// <summary>
/// What each part of the engine brings, on one model file and one set of prompts: (a) one prompt at a time, (b) batched,
/// (c) and with the instruction's cells shared, (d) and with forced tokens not decoded, (e) and with the verdict cache on a
/// stream in which behaviours repeat; and (d) against node-llama-cpp. The model has random weights: speed does not depend on their values.
/// </summary>
internal sealed class InferenceBench : IBench
{
    private const int Prompts = 32;
    private const int Stream = 50_000;
    private const int Rounds = 2;

    private const string Prompt =
        "You judge one system call of a Linux machine, written as key=value. Answer with the alert it deserves, or NONE.\n{event}\nalert: ";

    // What a model that was trained on the default rules answers with.
    private static readonly string[] Answers = [.. KnownAnswers.From(
        RuleLoader.Load([DefaultRules.Source]).RuleSet ?? throw new InvalidOperationException("the default rules do not load")).Texts];

    private static readonly EngineOptions Plain = new() { SharePrefix = false, SkipForcedTokens = false, Deadline = TimeSpan.FromMinutes(5) };

    public string Name => "inference";

    public string Summary => "events answered by a small model: batching, shared prefix, forced tokens, verdict cache, each against one prompt at a time";

    public void Run(BenchReport report)
    {
        if (LlamaLibrary.Find() is null)
        {
            throw new BenchSkippedException(LlamaLibrary.NotFound());
        }

        var directory = Directory.CreateTempSubdirectory("syscribe-bench-");
        try
        {
            RunAsync(report, Path.Combine(directory.FullName, "small.gguf")).GetAwaiter().GetResult();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(BenchReport report, string path)
    {
        var texts = Behaviours.Make(Prompts).Select(ToText.Render).ToArray();
        var corpus = Behaviours.Stream(300).Select(e => Encoding.ASCII.GetString(ToText.Render(e)));
        var vocabulary = SpmVocabulary.Train([Prompt, .. Answers, .. corpus], [KnownAnswers.Harmless], size: 640);
        SyntheticLlama.Write(path, LlamaShape.Small, vocabulary, Prompt, Answers, scale: 0.05f);
        var model = new LlamaModelOptions { Path = path };
        (string Name, LlamaModelOptions Model, EngineOptions Options, Best Best)[] ways =
        [
            ("(a) one prompt at a time", model with { MaxSequences = 1 }, Plain, new()),
            ("(b) batched", model, Plain, new()),
            ("(c) batched, shared prefix", model, Plain with { SharePrefix = true }, new()),
            ("(d) and forced tokens", model, Plain with { SharePrefix = true, SkipForcedTokens = true }, new()),
        ];
        var (cached, beside) = (new Best(), new Best());
        var about = "";
        var peer = new PeerEngine(Root());
        var tokens = peer.IsInstalled ? PeerEngine.Tokens(model, texts) : [];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var way in ways)
            {
                way.Best.Take(await AskAsync(way.Model, way.Options, texts));
            }

            (var measured, about) = await AskCachedAsync(ways[^1].Model, ways[^1].Options);
            cached.Take(measured);
            if (peer.IsInstalled)
            {
                beside.Take(peer.Ask(model, Answers, tokens, Path.ChangeExtension(path, ".json")));
            }
        }

        foreach (var way in ways)
        {
            report.Add(Row(way.Name, way.Best, ways[0].Best, Prompts));
        }

        report.Add(Row("(e) and verdict cache", cached, ways[0].Best, Stream) with { Goal = Goal.AtLeast, Bound = 100 });
        report.Note(about);
        var forced = ways[^1].Best;
        if (peer.IsInstalled)
        {
            report.Add(Row("(d) against node-llama-cpp", forced, beside, Prompts) with { Goal = Goal.AtLeast, Bound = 3 });
            report.Add(new BenchRow("inference (d), processor time", "s/M events", forced.CpuPerMillion, beside.CpuPerMillion, Events: Prompts));
        }
        else
        {
            report.Note("inference: node-llama-cpp is not installed, so it is not compared with; tests/Bench/Inference/peer/install installs it.");
        }

        report.Note("inference: answers per second of processor time, which other work on the machine disturbs less: "
            + string.Join(", ", ways.Select(way => $"{way.Name[..3]} {1e6 / way.Best.CpuPerMillion:F0}")) + $", (e) {1e6 / cached.CpuPerMillion:F0}.");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder.Parent is { } parent && !File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
        {
            folder = parent;
        }

        return folder.FullName;
    }

    private static BenchRow Row(string name, Best best, Best alone, int events) => new(
        "inference " + name, "events/s", best.PerSecond, ReferenceEquals(best, alone) ? null : alone.PerSecond, Events: events, Drops: 0, BytesPerEvent: best.BytesPerRecord);

    private static async Task<Measured> AskAsync(LlamaModelOptions model, EngineOptions options, byte[][] texts)
    {
        await using var engine = InferenceEngine.Start(options with { Model = model });
        var measuring = Measuring.Start();
        await Task.WhenAll(texts.Select(text => engine.AskAsync(text, CancellationToken.None).AsTask()));
        return measuring.Stop(engine.Counters.Answered, Prompts - engine.Counters.Answered);
    }

    // As the pipeline does it: signature, cache, and only for a new behaviour the text and the model.
    private static async Task<(Measured Measured, string About)> AskCachedAsync(LlamaModelOptions model, EngineOptions options)
    {
        await using var engine = InferenceEngine.Start(options with { Model = model });
        var cache = new VerdictCache(new VerdictCacheOptions());
        var events = Behaviours.Stream(Stream);
        var window = new SemaphoreSlim(engine.MaxPending);
        var measuring = Measuring.Start();
        await Task.WhenAll(events.Select(e => JudgeAsync(engine, cache, window, e)));
        var counters = engine.Counters;
        var measured = measuring.Stop(Stream, 0);
        return (measured, $"inference: F32 weights, F16 cells, one thread, 16 sequences; (a) to (d) {Prompts} prompts; (e) {Stream} events with {cache.Counters.Misses} "
            + $"behaviours, Zipf-like, numbers and random names differing; {(double)counters.PrefillTokens / counters.Answered:F0} prompt tokens computed an answer.");
    }

    private static async Task JudgeAsync(InferenceEngine engine, VerdictCache cache, SemaphoreSlim window, SyscallEvent e)
    {
        await window.WaitAsync();
        try
        {
            var key = new VerdictKey(BehaviourSignature.Of(e), engine.ModelDigest);
            await cache.GetOrAskAsync(key, token => engine.AskAsync(ToText.Render(e), token), CancellationToken.None);
        }
        finally
        {
            window.Release();
        }
    }
}
