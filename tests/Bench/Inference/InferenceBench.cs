using System.Globalization;
using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Measure;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Text;
using Syscribe.Inference.Verdicts;
using Syscribe.Rules;

namespace Syscribe.Bench.Inference;

/// <summary>
/// What each part of the engine brings, on one model file and one set of prompts: (a) one prompt at a time, (b) batched,
/// (c) and with the instruction's cells shared, (d) and with forced tokens not decoded, (e) and with the verdict cache on the
/// suspects of a recorded capture; and (d) against node-llama-cpp. The model has random weights: speed does not depend on their values.
/// </summary>
internal sealed class InferenceBench : IBench
{
    private const int Prompts = 32;
    private const int Rounds = 2;

    // Where the answers are as short as these, the peer has few tokens to decode one by one.
    private static readonly string[] ShortAnswers =
    [
        "NONE", "Critical Shell in a container", "Critical Shell from a web server", "Warning Secret file read", "Warning Secret file written",
        "Notice Kernel module loaded", "Error Process taken over", "Notice Unexpected connection",
    ];

    private static readonly EngineOptions Plain = new() { SharePrefix = false, SkipForcedTokens = false, Deadline = TimeSpan.FromMinutes(5) };
    private static readonly EngineOptions Full = Plain with { SharePrefix = true, SkipForcedTokens = true };

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
            RunAsync(report, directory.FullName).GetAwaiter().GetResult();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(BenchReport report, string folder)
    {
        var texts = Behaviours.Make(Prompts).Select(ToText.Render).ToArray();
        var model = WriteModel(Path.Combine(folder, "rules.gguf"), SyntheticModel.Answers);
        var alone = await PartsAsync(report, model, texts);
        await CachedAsync(report, model, alone);
        await AgainstPeerAsync(report, model, SyntheticModel.Answers, texts, "the default rules' answers", 3);
        await AgainstPeerAsync(report, WriteModel(Path.Combine(folder, "short.gguf"), ShortAnswers), ShortAnswers, texts, "8 short answers", null);
    }

    private static LlamaModelOptions WriteModel(string path, IReadOnlyList<string> answers)
    {
        var corpus = Behaviours.Stream(300).Concat(RecordedSuspects.Decode(RecordedSuspects.Read(300))).Select(e => Encoding.ASCII.GetString(ToText.Render(e)));
        var vocabulary = SpmVocabulary.Train([SyntheticModel.Prompt, .. answers, .. corpus], [KnownAnswers.Harmless], size: 640);
        SyntheticLlama.Write(path, LlamaShape.Small, vocabulary, SyntheticModel.Prompt, answers, scale: 0.05f);
        return new LlamaModelOptions { Path = path };
    }

    private static async Task<Best> PartsAsync(BenchReport report, LlamaModelOptions model, byte[][] texts)
    {
        (string Name, LlamaModelOptions Model, EngineOptions Options, Best Best)[] ways =
        [
            ("(a) one prompt at a time", model with { MaxSequences = 1 }, Plain, new()),
            ("(b) batched", model, Plain, new()),
            ("(c) batched, shared prefix", model, Plain with { SharePrefix = true }, new()),
            ("(d) and forced tokens", model, Full, new()),
        ];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var way in ways)
            {
                way.Best.Take(await AskAsync(way.Model, way.Options, texts));
            }
        }

        foreach (var way in ways)
        {
            report.Add(Row(way.Name, way.Best, ways[0].Best, Prompts));
        }

        report.Note("inference: F32 weights, F16 cells, one thread, 16 sequences. Answers per second of processor time, which other work on the machine disturbs less: "
            + string.Join(", ", ways.Select(way => string.Create(CultureInfo.InvariantCulture, $"{way.Name[..3]} {1e6 / way.Best.CpuPerMillion:F0}"))) + ".");
        return ways[0].Best;
    }

    private static async Task CachedAsync(BenchReport report, LlamaModelOptions model, Best alone)
    {
        var suspects = RecordedSuspects.Read(RecordedSuspects.Most);
        var best = new Best();
        VerdictCacheCounters counters = new(0, 0, 0, 0, 0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            (var measured, counters) = await AskCachedAsync(model, suspects);
            best.Take(measured);
        }

        report.Add(Row("(e) and verdict cache, recorded suspects", best, alone, suspects.Count) with { Goal = Goal.AtLeast, Bound = 100 });
        report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"inference (e): {suspects.Count} suspects of {RecordedSuspects.Name}, each time that a call came which no rule names, of {counters.Misses} behaviours; the cache empty at the start."));
    }

    private static async Task AgainstPeerAsync(
        BenchReport report, LlamaModelOptions model, IReadOnlyList<string> answers, byte[][] texts, string which, double? goal)
    {
        var peer = new PeerEngine(Root());
        if (!peer.IsInstalled)
        {
            report.Note("inference: node-llama-cpp is not installed, so it is not compared with; tests/Bench/Inference/peer/install installs it.");
            return;
        }

        var (ours, theirs) = (new Best(), new Best());
        var tokens = PeerEngine.Tokens(model, texts);
        for (var round = 0; round < Rounds; round++)
        {
            ours.Take(await AskAsync(model, Full, texts));
            theirs.Take(peer.Ask(model, [.. answers], tokens, Path.ChangeExtension(model.Path, ".json")));
        }

        var row = Row($"(d) against node-llama-cpp, {which}", ours, theirs, Prompts);
        report.Add(goal is { } bound ? row with { Goal = Goal.AtLeast, Bound = bound } : row);
        report.Add(new BenchRow($"inference (d), {which}, processor time", "s/M events", ours.CpuPerMillion, theirs.CpuPerMillion, Events: Prompts));
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

    private static BenchRow Row(string name, Best best, Best baseline, int events) => new(
        "inference " + name, "events/s", best.PerSecond, ReferenceEquals(best, baseline) ? null : baseline.PerSecond, Events: events, Drops: 0, BytesPerEvent: best.BytesPerRecord);

    private static async Task<Measured> AskAsync(LlamaModelOptions model, EngineOptions options, byte[][] texts)
    {
        await using var engine = InferenceEngine.Start(options with { Model = model });
        var measuring = Measuring.Start();
        await Task.WhenAll(texts.Select(text => engine.AskAsync(text, CancellationToken.None).AsTask()));
        return measuring.Stop(engine.Counters.Answered, Prompts - engine.Counters.Answered);
    }

    // As the pipeline does it: decoding, signature, cache, and only for a new behaviour the text and the model.
    private static async Task<(Measured Measured, VerdictCacheCounters Counters)> AskCachedAsync(LlamaModelOptions model, IReadOnlyList<byte[]> suspects)
    {
        await using var engine = InferenceEngine.Start(Full with { Model = model });
        var cache = new VerdictCache(new VerdictCacheOptions());
        var judge = new SuspectJudge(engine, cache, DefaultRules.Load());
        var window = new SemaphoreSlim(engine.MaxPending);
        var waiting = new List<Task>();
        var measuring = Measuring.Start();
        foreach (var e in RecordedSuspects.Decode(suspects))
        {
            await window.WaitAsync();
            if (JudgeAsync(e) is { IsCompletedSuccessfully: false } judging)
            {
                waiting.Add(judging);
            }
        }

        await Task.WhenAll(waiting);
        return (measuring.Stop(suspects.Count, 0), cache.Counters);

        async Task JudgeAsync(SyscallEvent e)
        {
            try
            {
                await judge.JudgeAsync(e, CancellationToken.None);
            }
            finally
            {
                window.Release();
            }
        }
    }
}
