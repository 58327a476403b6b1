using Confluent.Kafka;
using Syscribe.Pipeline.Consuming;

namespace Syscribe.Pipeline.Tests.Consuming;

public sealed class OffsetTrackerTests
{
    private static readonly TopicPartition Zero = new("t", 0);
    private static readonly TopicPartition One = new("t", 1);

    [Fact]
    public void A_batch_over_two_partitions_finishes_both()
    {
        var tracker = new OffsetTracker(TimeProvider.System);
        tracker.Assign([Zero, One]);
        var batch = tracker.Track([(Zero, 3, 5), (One, 10, 10)]);
        batch.Finish();

        var committable = tracker.TakeCommittable().OrderBy(o => o.Partition.Value).ToList();
        Assert.Equal([new(Zero, 6), new(One, 11)], committable);
        Assert.Empty(tracker.TakeCommittable());
        Assert.Equal(0, tracker.Pending);
    }

    [Fact]
    public void A_batch_of_a_revoked_partition_finishes_without_effect_even_when_it_was_assigned_again()
    {
        var tracker = new OffsetTracker(TimeProvider.System);
        tracker.Assign([Zero]);
        var old = tracker.Track([(Zero, 3, 5)]);
        tracker.Remove([Zero]);
        tracker.Assign([Zero]);
        var current = tracker.Track([(Zero, 3, 4)]);
        old.Finish();

        Assert.Empty(tracker.TakeCommittable());
        current.Finish();
        Assert.Equal([new(Zero, 5)], tracker.TakeCommittable());
    }

    [Fact]
    public void Waiting_ends_when_the_last_batch_of_the_partitions_is_finished()
    {
        var tracker = new OffsetTracker(TimeProvider.System);
        tracker.Assign([Zero, One]);
        var batch = tracker.Track([(Zero, 0, 0)]);
        tracker.Track([(One, 0, 0)]);
        using var finisher = new Timer(_ => batch.Finish(), null, 20, Timeout.Infinite);

        Assert.True(tracker.WaitIdle([Zero], TimeSpan.FromSeconds(30), CancellationToken.None));
    }

    [Fact]
    public void Waiting_is_bounded_and_can_be_given_up()
    {
        var tracker = new OffsetTracker(TimeProvider.System);
        tracker.Assign([Zero]);
        tracker.Track([(Zero, 0, 0)]);

        Assert.False(tracker.WaitIdle([Zero], TimeSpan.FromMilliseconds(20), CancellationToken.None));
        Assert.False(tracker.WaitIdle([Zero], TimeSpan.FromMinutes(5), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Committable_offsets_of_a_revocation_include_those_that_were_taken_before()
    {
        var tracker = new OffsetTracker(TimeProvider.System);
        tracker.Assign([Zero, One]);
        tracker.Track([(Zero, 0, 9)]).Finish();
        tracker.TakeCommittable();

        Assert.Equal([new(Zero, 10)], tracker.Committable([Zero, One]));
    }
}
