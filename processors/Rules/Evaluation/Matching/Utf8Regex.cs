using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Syscribe.Rules.Evaluation.Matching;

/// <summary>Matches bytes, read as UTF-8 with U+FFFD for what is none, without allocating.</summary>
internal static class Utf8Regex
{
    private const int StackChars = 512;

    public static bool IsMatch(Regex regex, ReadOnlySpan<byte> text)
    {
        if (text.Length <= StackChars)
        {
            Span<char> stack = stackalloc char[StackChars];
            return regex.IsMatch(stack[..Encoding.UTF8.GetChars(text, stack)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(text.Length);
        var matches = regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(text, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return matches;
    }
}
