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
    private const double FrequentName = 0.0003;

    // A name counts as often as if every so many texts held it once more.
    private const int NameWeight = 400;

    private static readonly string[] NameKeys = [" proc=", " argv0=", " parent=", " user=", " path="];

    /// <summary>Learns <paramref name="size"/> tokens.</summary>
    public static SpmVocabulary Learn(IReadOnlyList<string> texts, IReadOnlyList<string> answers, int size)
    {
        var keys = ToText.Keys.Select((key, i) => i == 0 ? key + "=" : $" {key}=").ToArray();

        // An answer's first word is where harmless and alert part.
        var words = answers.Select(answer => answer.Split(' ')[0]).Distinct();
        var repeats = Math.Max(1, texts.Count / 20 / answers.Count);
        var names = FrequentNames(texts).SelectMany(name => Enumerable.Repeat(name, Math.Max(1, texts.Count / NameWeight)));
        var corpus = texts.Concat(answers.SelectMany(answer => Enumerable.Repeat(answer, repeats))).Concat(names);
        return SpmVocabulary.Train(corpus, [.. keys, .. FrequentFields(texts, keys), .. words], size);
    }

    // Names that come back are one token, so that a list of them is learnt name by name: alone behind their key, and behind
    // a blank in a list of ancestors.
    private static IEnumerable<string> FrequentNames(IReadOnlyList<string> texts)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            foreach (var key in NameKeys)
            {
                var start = text.IndexOf(key, StringComparison.Ordinal) + key.Length;
                var end = start < key.Length ? -1 : text.IndexOf(' ', start);
                if (end - start > 1 && text[start] != '"')
                {
                    counts[text[start..end]] = counts.GetValueOrDefault(text[start..end]) + 1;
                }
            }
        }

        return counts.Where(name => name.Value >= Math.Max(3, FrequentName * texts.Count)).OrderBy(name => name.Key, StringComparer.Ordinal)
            .SelectMany(name => name.Key.StartsWith('/') ? new[] { name.Key } : [name.Key, " " + name.Key]);
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
