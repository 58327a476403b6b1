using System.Globalization;
using System.Text;

namespace Syscribe.Inference.Text;

/// <summary>Makes text that somebody else chose fit for one line of a log.</summary>
public static class Printable
{
    /// <summary>
    /// Printable ASCII stays; every other UTF-16 unit becomes <c>\uXXXX</c>, so that no control character, line break,
    /// escape sequence or invisible character is left.
    /// </summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (c is >= ' ' and <= '~')
            {
                escaped.Append(c);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        return escaped.ToString();
    }
}
