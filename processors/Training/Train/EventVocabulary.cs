using Syscribe.Inference.Gguf;
using Syscribe.Inference.Text;

namespace Syscribe.Training.Train;

/// <summary>
/// Learns the vocabulary from the examples. Each <c>key=</c> of an event is one token, and so is a whole field that many events
/// have and whose value is short, as <c>tty=no</c>; values are then cut the same way whichever key they stand behind.
/// </summary>
internal static class EventVocabulary
{
    private const double FrequentField = 0.02;
    private const int LongestFrequentValue = 12;

    /// <summary>Learns <paramref name="size"/> tokens.</summary>
    public static SpmVocabulary Learn(IReadOnlyList<string> texts, IReadOnlyList<string> answers, int size)
    {
        var keys = ToText.Keys.Select((key, i) => i == 0 ? key + "=" : $" {key}=").ToArray();

        // An answer's first word is where harmless and alert part.
        var words = answers.Select(answer => answer.Split(' ')[0]).Distinct();
        var repeats = Math.Max(1, texts.Count / 20 / answers.Count);
        var corpus = texts.Concat(answers.SelectMany(answer => Enumerable.Repeat(answer, repeats)));
        return SpmVocabulary.Train(corpus, [.. keys, .. FrequentFields(texts, keys), .. words], size);
    }

    private static IEnumerable<string> FrequentFields(IReadOnlyList<string> texts, string[] keys)
    {
        var known = keys.ToHashSet(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            for (var start = text.IndexOf(' ', StringComparison.Ordinal); start >= 0;)
            {
                var end = text.IndexOf(' ', start + 1);
                var field = end < 0 ? text[start..] : text[start..end];
                var key = field.IndexOf('=', StringComparison.Ordinal) + 1;
                if (known.Contains(field[..key]) && field.Length > key && field.Length - key <= LongestFrequentValue && IsWord(field.AsSpan(key)))
                {
                    counts[field] = counts.GetValueOrDefault(field) + 1;
                }

                start = end;
            }
        }

        return counts.Where(field => field.Value >= FrequentField * texts.Count).Select(field => field.Key).Order(StringComparer.Ordinal);
    }

    // Paths and quoted values are made of parts that mean something by themselves.
    private static bool IsWord(ReadOnlySpan<char> value) => value is "-" || value.IndexOfAnyExceptInRange('a', 'z') < 0;
}
