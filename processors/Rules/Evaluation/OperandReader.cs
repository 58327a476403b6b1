using Syscribe.Rules.Evaluation.Transforming;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>A side of a comparison, or an argument of a call: exactly one of its readers is there.</summary>
internal sealed class OperandReader
{
    public FieldType Type { get; private init; }

    public TextReader? Text { get; private init; }

    public NumberReader? Number { get; private init; }

    public ListReader? List { get; private init; }

    public FieldRef? Address { get; private init; }

    /// <summary>What it is, for messages.</summary>
    public string Kind => List is not null ? "a list" : Type.Text();

    private TextReader? Printed { get; init; }

    /// <summary>It as text, whatever it is.</summary>
    public TextReader AsText() => Text ?? Printed ?? throw new SyntaxException("a list stands where one value is wanted", 0);

    /// <exception cref="SyntaxException">An unknown field, or an argument that a transformer does not take.</exception>
    public static OperandReader Of(Operand operand) => operand switch
    {
        FieldOperand field => OfField(ConditionCompiler.Resolve(field), field.Position),
        TransformOperand call => OfCall(call),
        TextOperand literal => new OperandReader { Type = FieldType.Text, Text = new LiteralText(literal.Value) },
        ListOperand list => new OperandReader { Type = FieldType.Text, List = new WrittenList([.. list.Items.Select(item => Of(item).AsText())]) },
        _ => throw new InvalidOperationException($"unknown operand {operand.GetType().Name}"),
    };

    private static OperandReader OfField(FieldRef field, int position)
    {
        var type = field.Field.Type;
        if (field.Field.BothEnds)
        {
            throw new SyntaxException($"{field.Text} tests both ends of a connection and can only be compared with literals", position);
        }

        if (field.IsList)
        {
            return new OperandReader { Type = type, List = new FieldList(field) };
        }

        return type.IsNumber() || type == FieldType.Bool ? new OperandReader { Type = type, Number = new FieldNumber(field), Printed = new PrintedText(field) }
            : type is FieldType.Ip or FieldType.Net ? new OperandReader { Type = type, Address = field, Printed = new PrintedText(field) }
            : new OperandReader { Type = type, Text = new FieldText(field) };
    }

    private static OperandReader OfCall(TransformOperand call)
    {
        OperandReader[] arguments = [.. call.Arguments.Select(Of)];
        if (call.Argument is not null && call.Name != "getopt")
        {
            throw new SyntaxException($"{call.Name}() takes no argument in brackets", call.Position);
        }

        switch (call.Name)
        {
            case "len":
                Require(call, arguments.Length == 1 && (arguments[0].Text is not null || arguments[0].List is not null), "one text or list");
                return new OperandReader { Type = FieldType.UInt, Number = new LengthNumber(arguments[0].Text, arguments[0].List) };
            case "concat":
                Require(call, arguments.Length >= 2 && arguments.All(argument => argument.List is null), "two or more values");
                return OfText(new ConcatText([.. arguments.Select(argument => argument.AsText())]));
            case "join":
                Require(call, arguments.Length == 2 && arguments[0].Text is not null && arguments[1].List is not null, "a separator and a list");
                return OfText(new JoinText(arguments[0].AsText(), arguments[1].List!)); // Required above.
            case "getopt":
                Require(call, arguments.Length == 2 && arguments.All(argument => argument.Text is not null) && call.Argument is null or { Length: 1 },
                    "arguments and option letters, and one letter in brackets or none");
                return call.Argument is null
                    ? new OperandReader { Type = FieldType.Text, List = new OptionList(arguments[0].AsText(), arguments[1].AsText()) }
                    : OfText(new OptionText(arguments[0].AsText(), arguments[1].AsText(), (byte)call.Argument[0]));
            default:
                Require(call, arguments.Length == 1 && arguments[0].Text is not null, "one text");
                var inner = arguments[0].AsText();
                return OfText(call.Name switch
                {
                    "tolower" => new CaseText(inner, upper: false),
                    "toupper" => new CaseText(inner, upper: true),
                    "b64" => new Base64Text(inner),
                    _ => new BaseNameText(inner),
                });
        }
    }

    private static OperandReader OfText(TextReader reader) => new() { Type = FieldType.Text, Text = reader };

    private static void Require(TransformOperand call, bool holds, string wanted)
    {
        if (!holds)
        {
            throw new SyntaxException($"{call.Name}() takes {wanted}", call.Position);
        }
    }
}
