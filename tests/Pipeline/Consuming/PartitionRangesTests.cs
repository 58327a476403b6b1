using Syscribe.Pipeline.Consuming;

namespace Syscribe.Pipeline.Tests.Consuming;

public sealed class PartitionRangesTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("7", 7)]
    [InlineData("0-1", 1, 0)]
    [InlineData("0-3,5,7-9", 9, 0, 1, 8, 2, 3, 5, 7)]
    public void Numbers_in_a_row_are_one_range(string expected, params int[] numbers) => Assert.Equal(expected, PartitionRanges.Of(numbers));
}
