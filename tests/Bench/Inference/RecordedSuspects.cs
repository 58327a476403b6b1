using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Rules;

namespace Syscribe.Bench.Inference;

/// <summary>
/// The suspects of a recorded capture, each time that one came: of the one that ships with <c>infra/up</c>, or of the one that
/// <c>SYSCRIBE_BENCH_CAPTURE</c> names.
/// </summary>
internal static class RecordedSuspects
{
    /// <summary>Most suspects that are kept in memory.</summary>
    public const int Most = 300_000;

    private static readonly string? Given = Environment.GetEnvironmentVariable("SYSCRIBE_BENCH_CAPTURE") is { Length: > 0 } file ? file : null;

    /// <summary>Which capture, for a person.</summary>
    public static string Name => Given ?? "the capture that ships";

    /// <summary>The first <paramref name="count"/> of them, as the records that <c>suspects.v1</c> holds.</summary>
    public static IReadOnlyList<byte[]> Read(int count)
    {
        using var reader = new SyscallEventFileReader(Given ?? Path.Combine(AppContext.BaseDirectory, "capture.avro"));
        var rules = DefaultRules.Load();
        var selector = new SuspectSelector(repeat: TimeSpan.Zero);
        var (e, matches, suspects) = (new SyscallEvent(), new List<Rule>(), new List<byte[]>());
        while (suspects.Count < count && reader.Read(e))
        {
            matches.Clear();
            rules.Evaluate(e, matches);
            if (selector.Select(e, rules, matches.Count > 0, out _) != Selection.None)
            {
                suspects.Add(SyscallEventEncoder.ToArray(e));
            }
        }

        return suspects;
    }

    /// <summary>Events of their own out of them, one after the other.</summary>
    public static IEnumerable<SyscallEvent> Decode(IEnumerable<byte[]> suspects)
    {
        var decoder = new SyscallEventDecoder();
        foreach (var suspect in suspects)
        {
            var e = new SyscallEvent();
            decoder.Decode(suspect, 0, suspect.Length, e);
            yield return e;
        }
    }
}
