namespace Syscribe.Training.Train;

/// <summary>
/// Which examples a step sees: each once per epoch, shuffled; batches of similar length out of windows of 64 batches, so that
/// little is padding. A pure function of seed and step, so that training resumes anywhere.
/// </summary>
internal sealed class Batches(PreparedExamples examples, TrainOptions options)
{
    private const int WindowBatches = 64;

    private int _epoch = -1;
    private (int Index, bool IsFull)[][] _batches = [];

    /// <summary>Steps of an epoch; what does not fill a batch waits for another epoch's order.</summary>
    public int PerEpoch { get; } = Math.Max(1, examples.Count / options.BatchExamples);

    /// <summary>The examples of a step, and whether each is trained to its answer's end.</summary>
    public IReadOnlyList<(int Index, bool IsFull)> Of(int step)
    {
        var epoch = step / PerEpoch;
        if (epoch != _epoch)
        {
            (_epoch, _batches) = (epoch, Make(epoch));
        }

        return _batches[step % PerEpoch];
    }

    private (int Index, bool IsFull)[][] Make(int epoch)
    {
        var random = new Random(unchecked((options.Seed * 1_000_003) + epoch));
        var order = Enumerable.Range(0, examples.Count).ToArray();
        random.Shuffle(order);
        var chosen = order.Select(index => (Index: index, IsFull: examples.Answer(index) != 0 && random.NextDouble() < options.FullAnswers)).ToArray();
        var batches = new List<(int, bool)[]>(PerEpoch);
        foreach (var window in chosen.Chunk(options.BatchExamples * WindowBatches))
        {
            var sorted = window.OrderBy(item => examples.Length(item.Index, item.IsFull)).Chunk(options.BatchExamples).ToArray();
            random.Shuffle(sorted);
            batches.AddRange(sorted);
        }

        // The one that is not full goes, wherever the shuffle put it, unless it is all there is.
        return batches.Count > PerEpoch ? [.. batches.Where(batch => batch.Length == options.BatchExamples)] : [.. batches];
    }
}
