using System.Globalization;

namespace Syscribe.Pipeline.Consuming;

/// <summary>Partition numbers as a person writes them.</summary>
internal static class PartitionRanges
{
    /// <summary>As <c>0-3,5,7-31</c>; <c>none</c> for no number.</summary>
    public static string Of(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
        {
            if (ranges is [.., var (first, last)] && number == last + 1)
            {
                ranges[^1] = (first, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return ranges.Count == 0 ? "none" : string.Join(',', ranges.Select(range => string.Create(
            CultureInfo.InvariantCulture, $"{range.First}{(range.Last > range.First ? "-" + range.Last.ToString(CultureInfo.InvariantCulture) : "")}")));
    }
}
