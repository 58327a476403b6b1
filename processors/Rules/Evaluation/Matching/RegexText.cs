using System.Text.RegularExpressions;
using Syscribe.Events;

namespace Syscribe.Rules.Evaluation.Matching;

/// <summary>A regular expression over the whole text, which is read as UTF-8 with U+FFFD for what is none.</summary>
internal sealed class RegexText : TextMatcher
{
    private readonly Regex _regex;

    /// <exception cref="ArgumentException">The expression is not valid; the message says why.</exception>
    public RegexText(Utf8 pattern)
    {
        // Linear in the text's length whatever the pattern: a watched process chooses the text.
        _regex = new Regex($@"\A(?:{PosixRegex.Translate(pattern.ToString())})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    public override int Cost => 30;

    public override bool IsMatch(ReadOnlySpan<byte> text) => Utf8Regex.IsMatch(_regex, text);
}
