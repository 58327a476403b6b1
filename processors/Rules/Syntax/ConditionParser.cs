namespace Syscribe.Rules.Syntax;

/// <summary>
/// Recursive descent over the condition language. Precedence: not, and, or. Word operators want a blank behind them,
/// symbols do not; <c>exists</c>, <c>in</c>, <c>intersects</c> and <c>pmatch</c> do not either.
/// </summary>
public sealed class ConditionParser
{
    /// <summary>Deepest nesting accepted, of parentheses, <c>not</c> and calls together.</summary>
    public const int MaxDepth = 1000;

    private readonly ConditionLexer _lexer;
    private int _depth;

    private ConditionParser(string text) => _lexer = new ConditionLexer(text);

    /// <summary>Names of transformers, which are calls only with the parenthesis right behind the name.</summary>
    public static IReadOnlyList<string> Transformers { get; } = ["tolower", "toupper", "b64", "basename", "len", "join", "concat", "getopt"];

    /// <summary>Parses a whole condition, in which lists have been replaced already.</summary>
    /// <exception cref="SyntaxException">It does not parse; the message says what was expected.</exception>
    public static Node Parse(string text)
    {
        var parser = new ConditionParser(text);
        parser._lexer.SkipBlanks();
        if (parser._lexer.AtEnd)
        {
            throw new SyntaxException("the condition is empty", 0);
        }

        var node = parser.ParseOr();
        return parser._lexer.AtEnd ? node : throw parser.Error("expected 'and', 'or' or the end of the condition");
    }

    private SyntaxException Error(string message) => new(message, _lexer.Position);

    private Node ParseOr()
    {
        Descend();
        _lexer.SkipBlanks();
        var position = _lexer.Position;
        var children = new List<Node> { ParseAnd() };
        _lexer.SkipBlanks();
        while (_lexer.Try("or"))
        {
            children.Add(_lexer.SkipBlanks() ? ParseAnd() : ParseGroupAfter("or"));
            _lexer.SkipBlanks();
        }

        _depth--;
        return children.Count == 1 ? children[0] : new OrNode(children, position);
    }

    private Node ParseAnd()
    {
        _lexer.SkipBlanks();
        var position = _lexer.Position;
        var children = new List<Node> { ParseNot() };
        _lexer.SkipBlanks();
        while (_lexer.Try("and"))
        {
            children.Add(_lexer.SkipBlanks() ? ParseNot() : ParseGroupAfter("and"));
            _lexer.SkipBlanks();
        }

        return children.Count == 1 ? children[0] : new AndNode(children, position);
    }

    private Node ParseNot()
    {
        _lexer.SkipBlanks();
        var position = _lexer.Position;
        var negated = false;
        while (_lexer.TryWord("not"))
        {
            negated = !negated;
        }

        Node child;
        if (_lexer.Try("not("))
        {
            negated = !negated;
            child = ParseGroup();
        }
        else
        {
            child = ParseCheck();
        }

        return negated ? new NotNode(child, position) : child;
    }

    private Node ParseGroupAfter(string word) =>
        _lexer.Try("(") ? ParseGroup() : throw Error($"expected a blank or '(' after '{word}'");

    private Node ParseGroup()
    {
        var node = ParseOr();
        return _lexer.Try(")") ? node : throw Error("expected ')'");
    }

    private Node ParseCheck()
    {
        _lexer.SkipBlanks();
        var position = _lexer.Position;
        if (_lexer.Try("("))
        {
            return ParseGroup();
        }

        if (TryOperand(out var left))
        {
            return ParseCondition(left, position);
        }

        return _lexer.TryIdentifier(out var name)
            ? new MacroNode(name, position)
            : throw Error("expected '(', a field, a transformer or a macro's name");
    }

    private CompareNode ParseCondition(Operand left, int position)
    {
        _lexer.SkipBlanks();
        if (_lexer.Try("exists"))
        {
            return new CompareNode(left, CompareOperator.Exists, Modifier.None, null, position);
        }

        if (OperatorLexer.TryNumber(_lexer, out var op))
        {
            return new CompareNode(left, op, Modifier.None, ParseNumber(), position);
        }

        if (OperatorLexer.TryText(_lexer, out op))
        {
            _lexer.SkipBlanks();
            return OperatorLexer.TryModifier(_lexer, out var modifier)
                ? new CompareNode(left, op, modifier, ParseList(), position)
                : new CompareNode(left, op, Modifier.None, ParseText(), position);
        }

        if (OperatorLexer.TryList(_lexer, out op))
        {
            return new CompareNode(left, op, Modifier.None, ParseList(), position);
        }

        throw Error($"expected an operator, one of: {OperatorLexer.Allowed}");
    }

    private Operand ParseNumber()
    {
        _lexer.SkipBlanks();
        var position = _lexer.Position;
        if (TryRight(out var right))
        {
            return right;
        }

        return _lexer.TryNumber(out var value) ? new TextOperand(value, position) : throw Error("expected a number, val(field) or a transformer");
    }

    private Operand ParseText()
    {
        _lexer.SkipBlanks();
        var position = _lexer.Position;
        if (TryRight(out var right))
        {
            return right;
        }

        return _lexer.TryQuoted(out var value) || _lexer.TryBare(out value)
            ? new TextOperand(value, position)
            : throw Error(Unterminated("expected a value, val(field) or a transformer"));
    }

    private Operand ParseList()
    {
        _lexer.SkipBlanks();
        var position = _lexer.Position;
        if (_lexer.Try("("))
        {
            return ParseItems(position);
        }

        if (TryRight(out var right))
        {
            return right;
        }

        return _lexer.TryIdentifier(out var name)
            ? new ListOperand([new TextOperand(Events.Utf8.From(name), position)], position)
            : throw Error("expected a list in parentheses, val(field) or a transformer");
    }

    private ListOperand ParseItems(int position)
    {
        var items = new List<Operand>();
        _lexer.SkipBlanks();
        if (_lexer.Try(")"))
        {
            return new ListOperand(items, position);
        }

        do
        {
            _lexer.SkipBlanks();
            var at = _lexer.Position;
            items.Add(_lexer.TryQuoted(out var value) || _lexer.TryBare(out value)
                ? new TextOperand(value, at)
                : throw Error(Unterminated("expected a value in the list")));
            _lexer.SkipBlanks();
        }
        while (_lexer.Try(","));

        return _lexer.Try(")") ? new ListOperand(items, position) : throw Error("expected ',' or ')' in the list");
    }

    private string Unterminated(string expected)
    {
        var start = _lexer.Position;
        var quoted = _lexer.Try("\"") || _lexer.Try("'");
        _lexer.Rewind(start);
        return quoted ? "this string never ends: a quote with a backslash before it does not close it" : expected;
    }

    // val(field) or a transformer, on the right side.
    private bool TryRight(out Operand operand)
    {
        var position = _lexer.Position;
        if (!_lexer.Try("val("))
        {
            return TryTransformer(out operand);
        }

        _lexer.SkipBlanks();
        operand = _lexer.TryFieldName(out var name) ? ParseField(name, position) : throw Error("expected a field in val()");
        _lexer.SkipBlanks();
        return _lexer.Try(")") ? true : throw Error("expected ')' to close val(");
    }

    private bool TryOperand(out Operand operand)
    {
        var position = _lexer.Position;
        if (!_lexer.TryFieldName(out var name))
        {
            return TryTransformer(out operand);
        }

        operand = ParseField(name, position);
        return true;
    }

    private FieldOperand ParseField(string name, int position) => new(name, ParseArgument(), position);

    private string? ParseArgument()
    {
        if (!_lexer.Try("["))
        {
            return null;
        }

        var argument = _lexer.TryQuoted(out var quoted) ? quoted.ToString()
            : _lexer.TryArgument(out var bare) ? bare
            : throw Error("expected an argument between '[' and ']': a quoted string, or one without blanks, quotes and brackets");
        return _lexer.Try("]") ? argument : throw Error("expected ']'");
    }

    private bool TryTransformer(out Operand operand)
    {
        var position = _lexer.Position;
        foreach (var name in Transformers)
        {
            if (_lexer.Try(name + "("))
            {
                Descend();
                var arguments = new List<Operand>();
                do
                {
                    _lexer.SkipBlanks();
                    arguments.Add(ParseTransformArgument(lists: true));
                    _lexer.SkipBlanks();
                }
                while (_lexer.Try(","));

                _depth--;
                operand = _lexer.Try(")")
                    ? new TransformOperand(name, arguments, ParseArgument(), position)
                    : throw Error($"expected ',' or ')' in {name}()");
                return true;
            }
        }

        operand = null!; // Only read where true is returned.
        return false;
    }

    private Operand ParseTransformArgument(bool lists)
    {
        var position = _lexer.Position;
        if (TryOperand(out var operand))
        {
            return operand;
        }

        if (_lexer.TryQuoted(out var value) || _lexer.TryNumber(out value))
        {
            return new TextOperand(value, position);
        }

        if (!lists || !_lexer.Try("("))
        {
            throw Error("expected a field, a transformer, a quoted string or a number");
        }

        var items = new List<Operand>();
        _lexer.SkipBlanks();
        if (!_lexer.Try(")"))
        {
            do
            {
                _lexer.SkipBlanks();
                items.Add(ParseTransformArgument(lists: false));
                _lexer.SkipBlanks();
            }
            while (_lexer.Try(","));

            if (!_lexer.Try(")"))
            {
                throw Error("expected ',' or ')' in the list");
            }
        }

        return new ListOperand(items, position);
    }

    private void Descend()
    {
        if (++_depth >= MaxDepth)
        {
            throw Error($"nested deeper than {MaxDepth}");
        }
    }
}
