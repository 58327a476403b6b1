using System.Buffers;
using System.Buffers.Text;
using Syscribe.Events;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Evaluation.Transforming;

/// <summary><c>tolower</c> and <c>toupper</c>: ASCII letters only.</summary>
internal sealed class CaseText(TextReader inner, bool upper) : TextReader
{
    public override int Cost => inner.Cost + 3;

    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        if (!inner.TryRead(source, out value))
        {
            return false;
        }

        source.Scratch.Begin();
        foreach (var b in value.Span)
        {
            var change = upper ? char.IsAsciiLetterLower((char)b) : char.IsAsciiLetterUpper((char)b);
            source.Scratch.Append(change ? (byte)(b ^ 0x20) : b);
        }

        value = source.Scratch.End();
        return true;
    }
}

/// <summary><c>b64</c>: decodes; what is no base64 is a missing value.</summary>
internal sealed class Base64Text(TextReader inner) : TextReader
{
    public override int Cost => inner.Cost + 4;

    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        if (!inner.TryRead(source, out value))
        {
            return false;
        }

        source.Scratch.Begin();
        var room = source.Scratch.Reserve(Base64.GetMaxDecodedFromUtf8Length(value.Length));
        var status = Base64.DecodeFromUtf8(value.Span, room, out _, out var written);
        source.Scratch.Commit(written);
        value = status == OperationStatus.Done ? source.Scratch.End() : default;
        return status == OperationStatus.Done;
    }
}

/// <summary><c>basename</c>: what is behind the last slash.</summary>
internal sealed class BaseNameText(TextReader inner) : TextReader
{
    public override int Cost => inner.Cost + 1;

    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        var found = inner.TryRead(source, out value);
        var behind = value.Span.LastIndexOf((byte)'/') + 1;
        value = found ? value.Slice(behind, value.Length - behind) : default;
        return found;
    }
}

/// <summary><c>concat</c>: missing where a part is.</summary>
internal sealed class ConcatText(TextReader[] parts) : TextReader
{
    public override int Cost { get; } = parts.Sum(part => part.Cost) + 2;

    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        value = Utf8.Empty;
        foreach (var part in parts)
        {
            if (!part.TryRead(source, out var next))
            {
                value = default;
                return false;
            }

            value = Joined.Of(source.Scratch, value, Utf8.Empty, next);
        }

        return true;
    }
}

/// <summary><c>join</c>: the items of a list with a separator; missing where the list is empty.</summary>
internal sealed class JoinText(TextReader separator, ListReader list) : TextReader
{
    public override int Cost => 8;

    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        value = default;
        if (!separator.TryRead(source, out var between))
        {
            return false;
        }

        for (var i = 0; list.TryRead(source, i, out var item); i++)
        {
            value = i == 0 ? item : Joined.Of(source.Scratch, value, between, item);
        }

        return !value.IsNull;
    }
}

/// <summary>A number or address as text, for <c>concat</c>.</summary>
internal sealed class PrintedText(FieldRef field) : TextReader
{
    private static readonly Utf8 True = Utf8.From("true");
    private static readonly Utf8 False = Utf8.From("false");

    public override int Cost => 3;

    public override bool TryRead(FieldSource source, out Utf8 value)
    {
        if (!field.Field.Type.IsNumber() && field.Field.Type != FieldType.Bool)
        {
            return source.TryGetText(field, out value);
        }

        var found = source.TryGetNumber(field, out var number);
        value = !found ? default
            : field.Field.Type == FieldType.Bool ? number != 0 ? True : False
            : source.Scratch.Format(number);
        return found;
    }
}

/// <summary><c>len</c>: bytes of a text, items of a list; an absent list has none.</summary>
internal sealed class LengthNumber(TextReader? text, ListReader? list) : NumberReader
{
    public override bool TryRead(FieldSource source, out long value)
    {
        value = 0;
        if (text is not null)
        {
            var found = text.TryRead(source, out var read);
            value = read.Length;
            return found;
        }

        while (list is not null && list.TryRead(source, (int)value, out _))
        {
            value++;
        }

        return true;
    }
}

/// <summary>Puts two texts together in scratch memory. Parts must have been read before, since reading uses that memory too.</summary>
internal static class Joined
{
    public static Utf8 Of(Scratch scratch, Utf8 first, Utf8 between, Utf8 second)
    {
        scratch.Begin();
        scratch.Append(first.Span);
        scratch.Append(between.Span);
        scratch.Append(second.Span);
        return scratch.End();
    }
}
