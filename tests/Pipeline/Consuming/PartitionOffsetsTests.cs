using FsCheck;
using FsCheck.Fluent;
using Syscribe.Pipeline.Consuming;

namespace Syscribe.Pipeline.Tests.Consuming;

public sealed class PartitionOffsetsTests
{
    [Fact]
    public void Nothing_is_committable_before_the_first_span_is_finished()
    {
        var offsets = new PartitionOffsets();
        offsets.Track(10, 19);
        offsets.Track(20, 29);
        offsets.Finish(20);

        Assert.Null(offsets.Committable);
        Assert.False(offsets.TryTakeCommittable(out _));
        Assert.Equal(2, offsets.Pending);
    }

    [Fact]
    public void The_committable_offset_is_the_one_after_the_highest_contiguous_span()
    {
        var offsets = new PartitionOffsets();
        offsets.Track(10, 19);
        offsets.Track(25, 29);
        offsets.Track(30, 30);
        offsets.Finish(25);
        offsets.Finish(10);

        Assert.Equal(30, offsets.Committable);
        Assert.Equal(1, offsets.Pending);
    }

    [Fact]
    public void A_committable_offset_is_taken_once()
    {
        var offsets = new PartitionOffsets();
        offsets.Track(0, 4);
        offsets.Finish(0);

        Assert.True(offsets.TryTakeCommittable(out var taken));
        Assert.Equal(5, taken);
        Assert.False(offsets.TryTakeCommittable(out _));
        Assert.Equal(5, offsets.Committable);
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 12)]
    [InlineData(20, 19)]
    public void A_span_that_is_empty_or_does_not_ascend_is_refused(long first, long last)
    {
        var offsets = new PartitionOffsets();
        offsets.Track(5, 10);

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => offsets.Track(first, last));
        Assert.Contains($"offsets {first}..{last} after 10", error.Message);
    }

    [Fact]
    public void A_span_finishes_once_and_only_if_it_is_tracked()
    {
        var offsets = new PartitionOffsets();
        offsets.Track(0, 0);
        offsets.Track(1, 1);
        offsets.Finish(1);

        Assert.Contains("finished already", Assert.Throws<InvalidOperationException>(() => offsets.Finish(1)).Message);
        Assert.Contains("offset 7", Assert.Throws<InvalidOperationException>(() => offsets.Finish(7)).Message);
    }

    // The model keeps every span and its state, and computes the answer from the definition.
    [Fact]
    public void Any_order_of_tracking_and_finishing_gives_the_offset_that_the_definition_gives()
    {
        var steps = from seed in Gen.Choose(0, int.MaxValue) from length in Gen.Choose(1, 120) select (seed, length);
        Prop.ForAll(steps.ToArbitrary(), step =>
        {
            var random = new Random(step.seed);
            var offsets = new PartitionOffsets();
            var model = new List<(long First, long Last, bool Finished)>();
            for (var i = 0; i < step.length; i++)
            {
                var open = model.Index().Where(m => !m.Item.Finished).ToList();
                if (open.Count == 0 || random.Next(2) == 0)
                {
                    var first = (model.Count == 0 ? -1 : model[^1].Last) + 1 + random.Next(3);
                    var last = first + random.Next(3);
                    offsets.Track(first, last);
                    model.Add((first, last, false));
                }
                else
                {
                    var (index, span) = open[random.Next(open.Count)];
                    offsets.Finish(span.First);
                    model[index] = span with { Finished = true };
                }

                var contiguous = model.TakeWhile(m => m.Finished).ToList();
                long? expected = contiguous.Count == 0 ? null : contiguous[^1].Last + 1;
                if (offsets.Committable != expected || offsets.Pending != model.Count - contiguous.Count)
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }
}
