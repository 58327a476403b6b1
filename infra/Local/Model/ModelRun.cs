using Microsoft.Extensions.Logging;
using Syscribe.Inference;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Suspects;
using Syscribe.Kafka;
using Syscribe.Worker;

namespace Syscribe.Local.Model;

/// <summary>
/// The model's part of a run: chooses suspects no faster than the model judges them, and judges them on one thread that steps
/// back behind the rules. A model that fails leaves the rules alone, and says so.
/// </summary>
internal sealed class ModelRun : IAsyncDisposable
{
    // One thread of a machine that also captures and evaluates: it gets a tenth of a core that all want, and all of an idle one.
    private const int Nice = 10;

    // A flood of suspects may keep an answer waiting, but never fails it.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly InferenceEngine _engine;
    private readonly string _file;
    private readonly Action<string> _say;
    private readonly JudgingRate _rate = new();
    private InferenceWorker? _worker;

    private ModelRun(InferenceEngine engine, string file, Action<string> say)
    {
        _engine = engine;
        _file = file;
        _say = say;
        Selector = new SuspectSelector
        {
            Pace = new SuspectPace { Judged = () => HasFailed ? -1 : Judged, Full = () => _rate.Full },
        };
    }

    /// <summary>Chooses what the model is asked about.</summary>
    public SuspectSelector Selector { get; }

    /// <summary>Whether its consumer reads along, or it never will.</summary>
    public bool IsReady => HasFailed || _worker is { IsReady: true };

    /// <summary>Suspects judged or given up.</summary>
    public long Judged => _worker?.Counters.Events ?? 0;

    /// <summary>Alerts in their topic.</summary>
    public long Alerts => _worker?.Counters.Alerts.Values.Sum() ?? 0;

    /// <summary>Suspects chosen and not judged yet; 0 where it has failed.</summary>
    public long Waiting => HasFailed ? 0 : Math.Max(0, Selector.Chosen - Judged);

    /// <summary>Name of the model's file.</summary>
    public string File => _file;

    /// <summary>Whether the model has ended for good.</summary>
    public bool HasFailed => _engine.Ended.IsCompleted;

    /// <summary>Loads the model; null where there is none, or none was wanted.</summary>
    /// <exception cref="UserErrorException">The model that was asked for cannot be used.</exception>
    public static ModelRun? Open(LocalOptions options, Action<string> say)
    {
        if (options.Model == LocalOptions.NoModel || (options.Model ?? ShippedModel.Path) is not { } file)
        {
            return null;
        }

        if (options.Model is null && LlamaLibrary.Find() is null)
        {
            say($"The rules judge alone. {LlamaLibrary.NotFound()}");
            return null;
        }

        try
        {
            return new ModelRun(Start(file), Path.GetFileName(file), say);
        }
        catch (Exception e) when (e is LlamaException or GgufException or InferenceException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The model {file} cannot be used: {e.Message.TrimEnd('.')}. --model none goes without.", e);
        }
    }

    /// <summary>Begins to judge.</summary>
    public void Start(ClientSettings client, IReadOnlyList<string> rules, ILogger log)
    {
        _worker = InferenceWorker.Start(new InferenceWorkerOptions { Client = client, Group = "syscribe-local-inference", RulePaths = rules }, _engine, log);
        _ = _worker.ModelEnded.ContinueWith(
            ended => _say($"The model has failed, the rules go on alone: {ended.Exception!.GetBaseException().Message}"), // it is faulted
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }

    /// <summary>What it has done so far.</summary>
    /// <param name="selected">Suspects in their topic, by reason.</param>
    /// <param name="consumed">Events that the rules have judged.</param>
    /// <param name="alerts">For what came of it.</param>
    public InferenceReport Report(IReadOnlyDictionary<Selection, long> selected, long consumed, AlertFeed alerts)
    {
        var (engine, cached) = (_engine.Counters, _worker?.Counters.FromCache ?? 0);
        _rate.Take(engine.Answered, engine.ModelTime);
        var inferences = Math.Max(0, Judged - cached);
        return new InferenceReport
        {
            Model = _file,
            Digest = _engine.ModelDigest,
            Selected = selected.ToDictionary(reason => reason.Key.ToString().ToLowerInvariant(), reason => reason.Value),
            LeftRepeated = Selector.Repeated,
            LeftBusy = Selector.Shed,
            Judged = Judged,
            NotJudged = Math.Max(0, selected.Values.Sum() - Judged),
            FromCache = cached,
            Contradicted = _worker?.Counters.Contradicted ?? 0,
            ReductionRatio = consumed == 0 ? 0 : (double)inferences / consumed,
            Alerts = Alerts,
            OnlyModel = alerts.OnlyModel,
            DeadLetters = _worker?.Counters.DeadLetters.Values.Sum() ?? 0,
            Running = engine.Running,
            PrefillTokens = engine.PrefillTokens,
            DecodeTokens = engine.DecodeTokens,
            TokensPerStep = engine.TokensPerStep,
            ModelSeconds = engine.ModelTime.TotalSeconds,
            LatencyMs = alerts.Latency(AlertFeed.Llm),
        };
    }

    /// <summary>Stops; what is not judged by then stays so.</summary>
    public async Task StopAsync()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync(StopLimit);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        await _engine.DisposeAsync();
    }

    private static InferenceEngine Start(string file) => InferenceEngine.Start(new EngineOptions
    {
        Model = new LlamaModelOptions { Path = file },
        Deadline = Deadline,
        Nice = Nice,
    });
}
