namespace Syscribe.Training.Train;

/// <summary>One known answer as tokens, its end token included.</summary>
/// <param name="Tokens">Tokens of it.</param>
/// <param name="IsDecision">Per token: whether answers part there, so that the engine asks the model.</param>
/// <param name="Decided">Tokens up to and with its last decision: the engine decodes none behind it.</param>
internal sealed record AnswerPath(int[] Tokens, bool[] IsDecision, int Decided)
{
    /// <summary>Its decisions alone: as few tokens as tell it from the other answers.</summary>
    public int[] Short { get; } = [.. Tokens.Where((_, i) => IsDecision[i])];
}

/// <summary>Where known answers part, seen as a prefix tree of tokens.</summary>
internal static class AnswerPaths
{
    /// <summary>The paths, in the answers' order.</summary>
    public static IReadOnlyList<AnswerPath> Of(IReadOnlyList<int[]> answers, int endToken)
    {
        var all = answers.Select(answer => (int[])[.. answer, endToken]).ToArray();
        return [.. all.Select(answer => PathOf(answer, all))];
    }

    private static AnswerPath PathOf(int[] answer, int[][] all)
    {
        // A token is a decision if another answer shares all before it and goes on differently.
        var isDecision = answer.Select((token, i) => all.Any(
            other => other.Length > i && other[i] != token && other.AsSpan(0, i).SequenceEqual(answer.AsSpan(0, i)))).ToArray();
        return new AnswerPath(answer, isDecision, Array.LastIndexOf(isDecision, true) + 1);
    }
}
