using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Capture.Text;

/// <summary>Numbers that Falco prints in another base; few values occur, so their texts are kept.</summary>
internal sealed class NumberTexts
{
    private const int MaxCached = 1024;

    private static readonly Utf8 Zero = Utf8.From("0");

    private readonly Dictionary<ulong, Utf8> _hex = [];
    private readonly Dictionary<ulong, Utf8> _octal = [];

    /// <summary>Upper case, without a prefix.</summary>
    public Utf8 Hex(ulong value) => Get(_hex, value, octal: false);

    /// <summary>With a leading 0.</summary>
    public Utf8 Octal(ulong value) => Get(_octal, value, octal: true);

    private static Utf8 Get(Dictionary<ulong, Utf8> cache, ulong value, bool octal)
    {
        if (value == 0)
        {
            return Zero;
        }

        if (!cache.TryGetValue(value, out var text))
        {
            if (cache.Count >= MaxCached)
            {
                cache.Clear();
            }

            text = Utf8.From(octal
                ? "0" + Convert.ToString((long)value, 8)
                : value.ToString("X", CultureInfo.InvariantCulture));
            cache[value] = text;
        }

        return text;
    }
}
