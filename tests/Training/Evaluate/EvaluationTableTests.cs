using Syscribe.Training.Data;
using Syscribe.Training.Evaluate;

namespace Syscribe.Training.Tests.Evaluate;

public sealed class EvaluationTableTests
{
    [Fact]
    public void Recall_by_call_is_told_of_the_sets_that_there_are_the_worst_first()
    {
        var family = new Cell("family", [Found("mkdir", 0.9), Found("openat", 0.9), Found("openat", 0.01)]);

        var table = EvaluationTable.Render([new Evaluation("model", "data", [family])], [], 0.1);

        Assert.Contains("| family, by call (all runs) | recall |\n|---|---|\n| openat | 50.00 %", table, StringComparison.Ordinal);
        Assert.DoesNotContain("unseen", table, StringComparison.Ordinal);
    }

    private static Judged Found(string call, double score) => new(new Example("", 1, ExampleKind.Positive, "rule", call, call), 1, score);
}
