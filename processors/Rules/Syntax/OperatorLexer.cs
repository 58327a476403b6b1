namespace Syscribe.Rules.Syntax;

/// <summary>Recognises operators. Word operators over texts want a blank behind them; symbols and list operators do not.</summary>
internal static class OperatorLexer
{
    public const string Allowed =
        "exists, =, ==, !=, <, <=, >, >=, glob, iglob, contains, icontains, bcontains, startswith, bstartswith, endswith, regex, in, intersects, pmatch";

    // Longer spellings before their prefixes.
    private static readonly (string Text, CompareOperator Operator)[] NumberOperators =
        [("<=", CompareOperator.LessOrEqual), ("<", CompareOperator.Less), (">=", CompareOperator.GreaterOrEqual), (">", CompareOperator.Greater)];

    private static readonly (string Text, CompareOperator Operator)[] SymbolOperators =
        [("==", CompareOperator.Equal), ("=", CompareOperator.Equal), ("!=", CompareOperator.NotEqual)];

    private static readonly CompareOperator[] WordOperators =
    [
        CompareOperator.Glob, CompareOperator.IGlob, CompareOperator.Contains, CompareOperator.IContains, CompareOperator.BContains,
        CompareOperator.StartsWith, CompareOperator.BStartsWith, CompareOperator.EndsWith, CompareOperator.Regex,
    ];

    private static readonly CompareOperator[] ListOperators = [CompareOperator.Intersects, CompareOperator.In, CompareOperator.PMatch];

    private static readonly Modifier[] Modifiers = [Modifier.OneOf, Modifier.AnyOf, Modifier.AllOf];

    public static bool TryNumber(ConditionLexer lexer, out CompareOperator op) => TrySymbol(lexer, NumberOperators, out op);

    public static bool TryText(ConditionLexer lexer, out CompareOperator op)
    {
        if (TrySymbol(lexer, SymbolOperators, out op))
        {
            return true;
        }

        foreach (var word in WordOperators)
        {
            if (lexer.TryWord(word.Text()))
            {
                op = word;
                return true;
            }
        }

        return false;
    }

    public static bool TryList(ConditionLexer lexer, out CompareOperator op)
    {
        foreach (var word in ListOperators)
        {
            if (lexer.Try(word.Text()))
            {
                op = word;
                return true;
            }
        }

        op = default;
        return false;
    }

    // "= oneof" alone compares with the text oneof: a modifier is one only before a list.
    public static bool TryModifier(ConditionLexer lexer, out Modifier modifier)
    {
        var start = lexer.Position;
        foreach (var candidate in Modifiers)
        {
            if (!lexer.Try(candidate.Text()))
            {
                continue;
            }

            var blank = lexer.SkipBlanks();
            var list = lexer.Position;
            var isList = lexer.Try("(") || (blank && lexer.TryIdentifier(out var name) && name is not ("and" or "or"));
            lexer.Rewind(isList ? list : start);
            modifier = isList ? candidate : Modifier.None;
            return isList;
        }

        modifier = Modifier.None;
        return false;
    }

    private static bool TrySymbol(ConditionLexer lexer, (string Text, CompareOperator Operator)[] symbols, out CompareOperator op)
    {
        foreach (var (text, symbol) in symbols)
        {
            if (lexer.Try(text))
            {
                op = symbol;
                return true;
            }
        }

        op = default;
        return false;
    }
}
