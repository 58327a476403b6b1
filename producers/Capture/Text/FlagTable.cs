using Syscribe.Events;

namespace Syscribe.Capture.Text;

/// <summary>
/// Names of the bits or values of a parameter, printed as Falco does: in table order, joined by <c>|</c>; bits that the
/// table lacks are left out; where nothing matches there is no text. Texts are cached by value.
/// </summary>
internal sealed class FlagTable
{
    private const int MaxCached = 4096;

    private readonly (ulong Value, string Name)[] _names;
    private readonly bool _isEnum;
    private readonly char _separator;
    private readonly Dictionary<ulong, Utf8> _texts = [];

    private FlagTable(bool isEnum, char separator, (ulong Value, string Name)[] names)
    {
        _isEnum = isEnum;
        _separator = separator;
        _names = names;
    }

    /// <summary>Bits: each entry whose bits are all set is printed, and its bits count as used for those after it.</summary>
    public static FlagTable Bits(params (ulong Value, string Name)[] names) => new(isEnum: false, '|', names);

    /// <summary>Like <see cref="Bits"/>, joined by blanks.</summary>
    public static FlagTable Blanks(params (ulong Value, string Name)[] names) => new(isEnum: false, ' ', names);

    /// <summary>Values: every entry that is equal is printed, aliases included.</summary>
    public static FlagTable Enum(params (ulong Value, string Name)[] names) => new(isEnum: true, '|', names);

    /// <summary>The names in <paramref name="value"/>; null where there is none.</summary>
    public Utf8 Text(ulong value)
    {
        if (!_texts.TryGetValue(value, out var text))
        {
            if (_texts.Count >= MaxCached)
            {
                _texts.Clear();
            }

            _texts[value] = text = Utf8.From(Print(value));
        }

        return text;
    }

    private string? Print(ulong value)
    {
        var printed = new List<string>();
        var rest = value;
        foreach (var (bits, name) in _names)
        {
            if (_isEnum ? bits == value : bits == 0 ? value == 0 : (rest & bits) == bits)
            {
                printed.Add(name);
                rest &= ~bits;
            }
        }

        return printed.Count == 0 ? null : string.Join(_separator, printed);
    }
}
