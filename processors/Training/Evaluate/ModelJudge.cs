using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Training.Data;

namespace Syscribe.Training.Evaluate;

/// <summary>Asks a model about examples, through the engine that serves it.</summary>
public static class ModelJudge
{
    /// <summary>
    /// Starts the engine for a file as a worker would, but for its threshold: it says which alert it would raise however small the
    /// score, so that any threshold can be looked at.
    /// </summary>
    public static InferenceEngine Start(string file, int threads) => InferenceEngine.Start(new EngineOptions
    {
        Model = new LlamaModelOptions { Path = file, Threads = threads, MaxSequences = 8 },
        Deadline = TimeSpan.FromMinutes(10),
        Threshold = 0,
    });

    /// <summary>Judges <paramref name="examples"/>, in their order.</summary>
    public static async Task<IReadOnlyList<Judged>> AskAsync(
        IInferenceEngine engine, IReadOnlyList<Example> examples, Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(examples);
        var judged = new Judged[examples.Count];
        var done = 0;
        await Parallel.ForAsync(0, examples.Count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, token) =>
        {
            var answer = await engine.AskAsync(Encoding.UTF8.GetBytes(examples[i].Text), token);
            judged[i] = new Judged(examples[i], answer.Index, answer.Score);
            progress?.Invoke(Interlocked.Increment(ref done));
        });
        return judged;
    }
}
