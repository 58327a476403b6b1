using FsCheck;
using FsCheck.Fluent;
using Syscribe.Inference.Engine;

namespace Syscribe.Inference.Tests.Engine;

public sealed class AnswerTreeTests
{
    private const int End = 9;

    /// <summary>2 to 12 different answers of up to 6 tokens out of four, so that prefixes abound.</summary>
    private static readonly Gen<int[][]> AnswerSets =
        from count in Gen.Choose(2, 12)
        from answers in Gen.ArrayOf(
            from length in Gen.Choose(0, 6)
            from tokens in Gen.ArrayOf(Gen.Choose(1, 4), length)
            select tokens,
            count)
        let different = answers.DistinctBy(answer => string.Join(',', answer)).ToArray()
        where different.Length >= 2
        select different;

    [Fact]
    public void Every_answer_is_reached_by_its_own_tokens_and_nothing_else_is() =>
        Prop.ForAll(AnswerSets.ToArbitrary(), answers =>
        {
            var tree = AnswerTree.Build(answers, End);
            var reached = Leaves(tree, AnswerTree.Root, []).ToDictionary(leaf => leaf.Answer, leaf => leaf.Tokens);
            return reached.Count == answers.Length
                && answers.Select((answer, i) => reached[i].SequenceEqual([.. answer, End])).All(equal => equal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_walk_asks_only_where_answers_part_and_reaches_the_answer_that_the_logits_prefer() =>
        Prop.ForAll(AnswerSets.ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (answers, pick) =>
        {
            var wanted = pick % answers.Length;
            int[] target = [.. answers[wanted], End];
            var walk = new KnownAnswerWalk(AnswerTree.Build(answers, End), skipForced: true, threshold: 0.5);
            var fed = new List<int>(walk.Feed.ToArray());
            var asked = 0;
            while (!walk.IsDone)
            {
                asked++;
                walk.Advance(Preferring(target[fed.Count]));
                fed.AddRange(walk.Feed);
            }

            return walk.Answer == wanted && asked == Branches(answers, target) && walk.ForcedTokens == target.Length - asked;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Skipping_forced_tokens_changes_neither_answer_nor_score() =>
        Prop.ForAll(AnswerSets.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (answers, seed) =>
        {
            var tree = AnswerTree.Build(answers, End);
            var (quick, slow) = (Run(tree, true, seed), Run(tree, false, seed));
            return quick.Answer == slow.Answer && quick.Score.Equals(slow.Score) && slow.ForcedTokens == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_score_is_one_minus_the_probability_of_the_harmless_answer()
    {
        var walk = new KnownAnswerWalk(AnswerTree.Build([[1], [2, 3], [2, 4]], End), skipForced: true, threshold: 0.5);
        var logits = new float[10];
        logits[1] = MathF.Log(0.2f);
        logits[2] = MathF.Log(0.6f);
        logits[7] = 50; // not allowed here, so it counts for nothing

        walk.Advance(logits);

        Assert.Equal(0.75, walk.Score, 6);
        Assert.Equal([2], walk.Feed.ToArray());
        walk.Advance(logits);
        Assert.True(walk.IsDone);
        Assert.Equal(0.75, walk.Score, 6);
    }

    [Fact]
    public void A_harmless_answer_behind_two_branches_multiplies_its_probabilities()
    {
        var walk = new KnownAnswerWalk(AnswerTree.Build([[1, 1], [1, 2], [3]], End), skipForced: true, threshold: 0.5);
        var logits = new float[10];
        logits[1] = MathF.Log(3);
        walk.Advance(logits);
        Assert.Equal(0.25, walk.Score, 6);
        walk.Advance(logits);
        Assert.Equal(1 - (0.75 * 0.75), walk.Score, 6);
        Assert.Equal(0, walk.Answer);
    }

    [Theory]
    [InlineData(0.1, 2)]
    [InlineData(0.39, 2)]
    [InlineData(0.41, 0)]
    [InlineData(1, 0)]
    public void From_the_threshold_on_the_likeliest_alert_is_the_answer(double threshold, int answer)
    {
        var walk = new KnownAnswerWalk(AnswerTree.Build([[1], [2], [3]], End), skipForced: true, threshold);
        var logits = new float[10];
        (logits[1], logits[2], logits[3]) = (MathF.Log(0.6f), MathF.Log(0.1f), MathF.Log(0.3f));

        walk.Advance(logits);

        Assert.Equal(answer, walk.Answer);
        Assert.Equal(0.4, walk.Score, 6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_no_numbers_are_refused(float bad)
    {
        var walk = new KnownAnswerWalk(AnswerTree.Build([[1], [2]], End), skipForced: true, threshold: 0.5);
        var logits = new float[10];
        Array.Fill(logits, bad);

        var e = Assert.Throws<InferenceException>(() => walk.Advance(logits));

        Assert.Equal(InferenceFailure.Model, e.Failure);
    }

    [Fact]
    public void One_answer_or_equal_answers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => AnswerTree.Build([[1]], End));
        var e = Assert.Throws<ArgumentException>(() => AnswerTree.Build([[1], [2], [2]], End));
        Assert.Contains("1 and 2 have the same tokens", e.Message, StringComparison.Ordinal);
    }

    private static float[] Preferring(int token)
    {
        var logits = new float[10];
        logits[token] = 5;
        return logits;
    }

    private static KnownAnswerWalk Run(AnswerTree tree, bool skipForced, int seed)
    {
        var walk = new KnownAnswerWalk(tree, skipForced, threshold: 0.5);
        var fed = new List<int>(walk.Feed.ToArray());
        while (!walk.IsDone)
        {
            var random = new Random(seed + fed.Aggregate(17, (hash, token) => unchecked((hash * 31) + token)));
            walk.Advance([.. Enumerable.Range(0, 10).Select(_ => random.NextSingle())]);
            fed.AddRange(walk.Feed);
        }

        return walk;
    }

    // Positions of `target` at which the answers sharing its tokens so far go on differently.
    private static int Branches(int[][] answers, int[] target) => Enumerable.Range(0, target.Length).Count(at =>
        answers.Select(answer => (int[])[.. answer, End])
            .Where(answer => answer.Length > at && answer.Take(at).SequenceEqual(target.Take(at)))
            .Select(answer => answer[at]).Distinct().Count() > 1);

    private static IEnumerable<(int Answer, List<int> Tokens)> Leaves(AnswerTree tree, int node, List<int> path)
    {
        if (tree.Answer(node) >= 0)
        {
            return [(tree.Answer(node), path)];
        }

        var leaves = new List<(int, List<int>)>();
        for (var i = 0; i < tree.Tokens(node).Length; i++)
        {
            leaves.AddRange(Leaves(tree, tree.Child(node, i), [.. path, tree.Tokens(node)[i]]));
        }

        return leaves;
    }
}
