using Syscribe.Events;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Evaluation;

/// <summary>A text side of a comparison.</summary>
internal abstract class TextReader
{
    public virtual int Cost => 1;

    public abstract bool TryRead(FieldSource source, out Utf8 value);
}

/// <summary>A number side of a comparison.</summary>
internal abstract class NumberReader
{
    public abstract bool TryRead(FieldSource source, out long value);
}

/// <summary>Several texts: a list field, or a list written in a call.</summary>
internal abstract class ListReader
{
    /// <summary>The text at <paramref name="index"/>; false ends the list.</summary>
    public abstract bool TryRead(FieldSource source, int index, out Utf8 value);
}

internal sealed class FieldText(FieldRef field) : TextReader
{
    public override bool TryRead(FieldSource source, out Utf8 value) => source.TryGetText(field, out value);
}

internal sealed class FieldNumber(FieldRef field) : NumberReader
{
    public override bool TryRead(FieldSource source, out long value) => source.TryGetNumber(field, out value);
}

internal sealed class LiteralText(Utf8 literal) : TextReader
{
    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        value = literal;
        return true;
    }
}

internal sealed class FieldList(FieldRef field) : ListReader
{
    private readonly FieldRef[] _items = field.Items;

    public override bool TryRead(FieldSource source, int index, out Utf8 value)
    {
        if (index < _items.Length)
        {
            return source.TryGetText(_items[index], out value);
        }

        value = default;
        return false;
    }
}

internal sealed class WrittenList(TextReader[] items) : ListReader
{
    public override bool TryRead(FieldSource source, int index, out Utf8 value)
    {
        value = default;
        return index < items.Length && items[index].TryRead(source, out value);
    }
}
