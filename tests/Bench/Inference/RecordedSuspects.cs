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
    public const int Most = 100_000;

    private static readonly string? Given = Environment.GetEnvironmentVariable("SYSCRIBE_BENCH_CAPTURE") is { Length: > 0 } file ? file : null;

    /// <summary>Which capture, for a person.</summary>
    public static string Name => Given ?? "the capture that ships";

    /// <summary>The first <paramref name="count"/> of them, each with bytes of its own.</summary>
    public static IReadOnlyList<SyscallEvent> Read(int count)
    {
        using var reader = new SyscallEventFileReader(Given ?? Path.Combine(AppContext.BaseDirectory, "capture.avro"));
        var rules = DefaultRules.Load();
        var selector = new SuspectSelector(repeat: TimeSpan.Zero);
        var (e, decoder, matches) = (new SyscallEvent(), new SyscallEventDecoder(), new List<Rule>());
        var suspects = new List<SyscallEvent>();
        while (suspects.Count < count && reader.Read(e))
        {
            matches.Clear();
            rules.Evaluate(e, matches);
            if (selector.Select(e, rules, matches.Count > 0, out _) != Selection.None)
            {
                var bytes = SyscallEventEncoder.ToArray(e);
                var own = new SyscallEvent();
                decoder.Decode(bytes, 0, bytes.Length, own);
                suspects.Add(own);
            }
        }

        return suspects;
    }
}
