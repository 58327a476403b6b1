using System.Globalization;
using Syscribe.Events;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>Reads literals as what their field holds. Hex and fractions parse as conditions but fit no field.</summary>
internal static class Literals
{
    public static IReadOnlyList<TextOperand> Of(Operand? right) => right switch
    {
        TextOperand one => [one],
        ListOperand list => [.. list.Items.OfType<TextOperand>()],
        _ => [],
    };

    public static long Number(FieldRef field, TextOperand literal)
    {
        var text = literal.Value.ToString();
        return field.Field.Type switch
        {
            FieldType.Bool => Bool(field, text, literal.Position),
            FieldType.Port => Port(field, text, literal.Position),
            _ => Integer(field, text, literal.Position),
        };
    }

    public static Network Address(FieldRef field, TextOperand literal)
    {
        var text = literal.Value.ToString();
        if (field.Field.Type == FieldType.Net)
        {
            return Network.TryParseNetwork(text, out var network) ? network
                : throw new SyntaxException($"{field.Text} is compared with a network, as 10.0.0.0/8 or fd00::/8, not \"{text}\"", literal.Position);
        }

        return Network.TryParseAddress(text, out var address) ? address
            : throw new SyntaxException($"{field.Text} is compared with an IPv4 or IPv6 address, not \"{text}\"", literal.Position);
    }

    /// <summary>Bytes written as an even number of hex digits.</summary>
    public static Utf8 Hex(FieldRef field, TextOperand literal)
    {
        var text = literal.Value.ToString();
        if (text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit))
        {
            throw new SyntaxException($"{field.Text} is compared here with an even number of hex digits, not \"{text}\"", literal.Position);
        }

        return Utf8.Copy(Convert.FromHexString(text));
    }

    private static long Bool(FieldRef field, string text, int position) => text switch
    {
        "true" => 1,
        "false" => 0,
        _ => throw new SyntaxException($"{field.Text} is compared with true or false, not \"{text}\"", position),
    };

    private static long Port(FieldRef field, string text, int position) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port
        : Services.TryGetPort(text, out var known) ? known
        : throw new SyntaxException($"{field.Text} is compared with a port from 0 to 65535 or a service name, not \"{text}\"", position);

    private static long Integer(FieldRef field, string text, int position)
    {
        const NumberStyles Signed = NumberStyles.AllowLeadingSign;
        var type = field.Field.Type;
        if (type == FieldType.Int && long.TryParse(text, Signed, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (type != FieldType.Int)
        {
            // A negative literal wraps around, as the original's cast does.
            var wide = ulong.TryParse(text, Signed, CultureInfo.InvariantCulture, out var unsigned) ? unsigned
                : long.TryParse(text, Signed, CultureInfo.InvariantCulture, out var signed) ? unchecked((ulong)signed)
                : (ulong?)null;
            if (wide is { } value)
            {
                return type == FieldType.UInt32 ? unchecked((uint)value) : unchecked((long)value);
            }
        }

        throw new SyntaxException($"{field.Text} is compared with a decimal integer, not \"{text}\"", position);
    }
}
