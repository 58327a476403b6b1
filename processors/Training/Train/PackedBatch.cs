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

    /// <summary>Indexes into <see cref="Tokens"/> after which a token is foretold, ascending.</summary>
    public int[] Positions { get; }

    /// <summary>The tokens that follow there.</summary>
    public int[] Targets { get; }

    /// <summary>
    /// Their shares of the loss: an answer's decisions weigh 1 / texts each, <see cref="TrainOptions.CheckedLoss"/> / texts where the rules
    /// would refuse the alert anyway; the event's tokens and an answer's forced ones
    /// share <see cref="TrainOptions.PromptLoss"/>; a reason's tokens weigh <see cref="TrainOptions.ReasonLoss"/> / texts each.
    /// </summary>
    public float[] Weights { get; }

    /// <summary>Which of them are decisions.</summary>
    public bool[] IsDecision { get; }

    /// <summary>Where a text is in <see cref="Tokens"/>.</summary>
    public (int Start, int Length) Text(int index) => (_starts[index], _starts[index + 1] - _starts[index]);

    /// <summary>The batch in pieces of so many texts, whose losses and gradients add up to its own.</summary>
    public IEnumerable<PackedBatch> Split(int texts)
    {
        for (var first = 0; first < Texts; first += texts)
        {
            var starts = _starts[first..(Math.Min(first + texts, Texts) + 1)];
            var (from, to) = (starts[0], starts[^1]);
            var places = Below(from)..Below(to);
            yield return new PackedBatch(
                [.. starts.Select(start => start - from)], Tokens[from..to], [.. Positions[places].Select(position => position - from)], Targets[places], Weights[places], IsDecision[places]);
        }

        int Below(int token)
        {
            var place = Array.BinarySearch(Positions, token);
            return place < 0 ? ~place : place;
        }
    }

    /// <summary>Makes the batch.</summary>
    public static PackedBatch Of(PreparedExamples examples, IReadOnlyList<(int Index, bool IsFull)> batch, TrainOptions options)
    {
        var (starts, tokens) = (new List<int> { 0 }, new List<int>());
        var (positions, targets, parts) = (new List<int>(), new List<int>(), new List<Part>());
        foreach (var item in batch)
        {
            var (text, events, answer, reason) = TextOf(examples, item);
            for (var i = 1; i < text.Length; i++)
            {
                var part = PartOf(i);
                if (part != Part.Frame && (part != Part.Text || (options.PromptLoss > 0 && (item.Index + i) % options.PromptEvery == 0)))
                {
                    positions.Add(tokens.Count);
                    targets.Add(text[i]);
                    parts.Add(part);
                }

                tokens.Add(text[i - 1]);
            }

            starts.Add(tokens.Count);

            // The end token before a reason is no news.
            Part PartOf(int i) => i > reason ? Part.Reason
                : i == reason || i < events || (i >= answer - examples.Frame.After.Length && i < answer) ? Part.Frame
                : i >= answer && examples.Frame.Answers[examples.Answer(item.Index)].IsDecision[i - answer] ? (examples.IsChecked(item.Index) ? Part.Checked : Part.Decision) : Part.Text;
        }

        var texts = parts.Count(part => part == Part.Text);
        var weights = parts.Select(part => part switch
        {
            Part.Decision => 1f / batch.Count,
            Part.Reason => (float)(options.ReasonLoss / batch.Count),
            Part.Checked => (float)(options.CheckedLoss / batch.Count),
            _ => (float)(options.PromptLoss / texts),
        });
        return new PackedBatch([.. starts], [.. tokens], [.. positions], [.. targets], [.. weights], [.. parts.Select(part => part is Part.Decision or Part.Checked)]);
    }

    // Also where the event, the answer and the reason begin.
    private static (int[] Text, int Event, int Answer, int Reason) TextOf(PreparedExamples examples, (int Index, bool IsFull) item)
    {
        var frame = examples.Frame;
        var answer = frame.Answers[examples.Answer(item.Index)];
        var path = answer.Tokens.AsSpan(0, item.IsFull ? answer.Tokens.Length : answer.Decided);
        int[] before = [.. frame.Before, .. examples.Event(item.Index), .. frame.After];
        return ([.. before, .. path, .. examples.Reason(item.Index)], frame.Before.Length, before.Length, before.Length + path.Length);
    }

    private enum Part
    {
        Frame,
        Text,
        Decision,
        Checked,
        Reason,
    }
}
