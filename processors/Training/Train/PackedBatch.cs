namespace Syscribe.Training.Train;

/// <summary>A batch: texts one behind the other, and where the next token counts.</summary>
internal sealed class PackedBatch
{
    private readonly int[] _starts;

    private PackedBatch(int[] starts, int[] tokens, int[] positions, int[] targets, float[] weights, bool[] isDecision)
    {
        (_starts, Tokens, Positions, Targets, Weights, IsDecision) = (starts, tokens, positions, targets, weights, isDecision);
    }

    /// <summary>Texts in it.</summary>
    public int Texts => _starts.Length - 1;

    /// <summary>Tokens of all texts, each without its last one, which is only foretold.</summary>
    public int[] Tokens { get; }

    /// <summary>Indexes into <see cref="Tokens"/> after which a token is foretold.</summary>
    public int[] Positions { get; }

    /// <summary>The tokens that follow there.</summary>
    public int[] Targets { get; }

    /// <summary>
    /// Their shares of the loss: an answer's decisions weigh 1 / texts each; the event's tokens and an answer's forced ones
    /// share <see cref="TrainOptions.PromptLoss"/>.
    /// </summary>
    public float[] Weights { get; }

    /// <summary>Which of them are decisions.</summary>
    public bool[] IsDecision { get; }

    /// <summary>Where a text is in <see cref="Tokens"/>.</summary>
    public (int Start, int Length) Text(int index) => (_starts[index], _starts[index + 1] - _starts[index]);

    /// <summary>Makes the batch.</summary>
    public static PackedBatch Of(PreparedExamples examples, IReadOnlyList<(int Index, bool IsFull)> batch, TrainOptions options)
    {
        var (starts, tokens) = (new List<int> { 0 }, new List<int>());
        var (positions, targets, decisions) = (new List<int>(), new List<int>(), new List<bool>());
        foreach (var item in batch)
        {
            var (text, fromEvent, fromAnswer) = TextOf(examples, item);
            var answer = examples.Frame.Answers[examples.Answer(item.Index)];
            for (var i = 1; i < text.Length; i++)
            {
                var isDecision = i >= fromAnswer && answer.IsDecision[i - fromAnswer];
                var isFrame = i < fromEvent || (i >= fromAnswer - examples.Frame.After.Length && i < fromAnswer);
                if (isDecision || (!isFrame && options.PromptLoss > 0))
                {
                    positions.Add(tokens.Count);
                    targets.Add(text[i]);
                    decisions.Add(isDecision);
                }

                tokens.Add(text[i - 1]);
            }

            starts.Add(tokens.Count);
        }

        var others = decisions.Count(isDecision => !isDecision);
        var weights = decisions.Select(isDecision => isDecision ? 1f / batch.Count : (float)(options.PromptLoss / others));
        return new PackedBatch([.. starts], [.. tokens], [.. positions], [.. targets], [.. weights], [.. decisions]);
    }

    private static (int[] Text, int FromEvent, int FromAnswer) TextOf(PreparedExamples examples, (int Index, bool IsFull) item)
    {
        var frame = examples.Frame;
        var text = examples.Event(item.Index);
        var answer = frame.Answers[examples.Answer(item.Index)];
        var path = answer.Tokens.AsSpan(0, item.IsFull ? answer.Tokens.Length : answer.Decided);
        return ([.. frame.Before, .. text, .. frame.After, .. path], frame.Before.Length, frame.Before.Length + text.Length + frame.After.Length);
    }
}
