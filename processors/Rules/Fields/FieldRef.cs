using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>A field as a rule uses it: with its argument read once.</summary>
public sealed class FieldRef
{
    /// <summary>Most values of a list field that are looked at.</summary>
    public const int MaxItems = 64;

    private readonly Lazy<FieldRef[]> _items;

    internal FieldRef(Field field, string? argument, string text, FieldRef? list = null)
    {
        Field = field;
        Argument = argument;
        Text = text;
        ListOwner = list;
        Key = Utf8.From(argument);
        Index = int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;
        _items = new Lazy<FieldRef[]>(MakeItems);
    }

    /// <summary>The field.</summary>
    public Field Field { get; }

    /// <summary>What stands in the brackets, or behind <c>evt.arg.</c>; null for none.</summary>
    public string? Argument { get; }

    /// <summary>The field as written, as <c>proc.aname[2]</c>.</summary>
    public string Text { get; }

    /// <summary>The argument as a number; -1 where it is none.</summary>
    public int Index { get; }

    /// <summary>The argument's bytes; null for none.</summary>
    public Utf8 Key { get; }

    /// <summary>Whether it stands for several values.</summary>
    public bool IsList => Field.List != ListSemantics.None && Argument is null;

    /// <summary>For one value of a list: the whole list.</summary>
    internal FieldRef? ListOwner { get; }

    /// <summary>Readings of single values, in order; the first that is missing ends the list.</summary>
    internal FieldRef[] Items => _items.Value;

    /// <summary>What a condition compiler keeps beside the field, as a compiled expression of the argument.</summary>
    internal object? Prepared { get; set; }

    /// <inheritdoc />
    public override string ToString() => Text;

    private FieldRef[] MakeItems()
    {
        var items = new FieldRef[MaxItems];
        for (var i = 0; i < items.Length; i++)
        {
            var argument = (Field.FirstItem + i).ToString(CultureInfo.InvariantCulture);
            items[i] = new FieldRef(Field, argument, $"{Field.Name}[{argument}]", this);
        }

        return items;
    }
}
