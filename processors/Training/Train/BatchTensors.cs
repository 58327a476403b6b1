using static TorchSharp.torch;

namespace Syscribe.Training.Train;

/// <summary>A batch as the model takes it; tensors belong to the caller's dispose scope.</summary>
/// <param name="Tokens">[examples, longest], zeros behind each text's end.</param>
/// <param name="Positions">Indexes into it at which the next token counts.</param>
/// <param name="Targets">The tokens that shall follow.</param>
/// <param name="Weights">Their shares of the loss.</param>
/// <param name="RealTokens">Tokens without padding.</param>
internal sealed record BatchTensors(Tensor Tokens, Tensor Positions, Tensor Targets, Tensor Weights, int RealTokens)
{
    /// <summary>
    /// An answer's decisions weigh 1 / examples each; the event's tokens and an answer's forced ones share
    /// <see cref="TrainOptions.PromptLoss"/>.
    /// </summary>
    public static BatchTensors Of(PreparedExamples examples, IReadOnlyList<(int Index, bool IsFull)> batch, TrainOptions options)
    {
        var time = batch.Max(item => examples.Length(item.Index, item.IsFull)) - 1;
        var tokens = new long[batch.Count * time];
        var (positions, targets, decisions) = (new List<long>(), new List<long>(), new List<bool>());
        var real = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            var (text, fromEvent, fromAnswer) = Text(examples, batch[row]);
            var answer = examples.Frame.Answers[examples.Answer(batch[row].Index)];
            real += text.Length - 1;
            for (var i = 0; i + 1 < text.Length; i++)
            {
                tokens[(row * time) + i] = text[i];
                var isAnswer = i + 1 >= fromAnswer;
                var isDecision = isAnswer && answer.IsDecision[i + 1 - fromAnswer];
                var isEvent = i + 1 >= fromEvent && i + 1 < fromAnswer - examples.Frame.After.Length;
                if (isDecision || ((isEvent || isAnswer) && options.PromptLoss > 0))
                {
                    positions.Add((row * time) + i);
                    targets.Add(text[i + 1]);
                    decisions.Add(isDecision);
                }
            }
        }

        var others = decisions.Count(isDecision => !isDecision);
        var weights = decisions.Select(isDecision => isDecision ? 1f / batch.Count : (float)(options.PromptLoss / others)).ToArray();
        return new BatchTensors(
            tensor(tokens, [batch.Count, time]), tensor(positions.ToArray()), tensor(targets.ToArray()), tensor(weights), real);
    }

    private static (int[] Text, int FromEvent, int FromAnswer) Text(PreparedExamples examples, (int Index, bool IsFull) item)
    {
        var frame = examples.Frame;
        var text = examples.Event(item.Index);
        var answer = frame.Answers[examples.Answer(item.Index)];
        var path = answer.Tokens.AsSpan(0, item.IsFull ? answer.Tokens.Length : answer.Decided);
        return ([.. frame.Before, .. text, .. frame.After, .. path], frame.Before.Length, frame.Before.Length + text.Length + frame.After.Length);
    }
}
