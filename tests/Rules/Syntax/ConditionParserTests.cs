using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tests.Syntax;

public sealed class ConditionParserTests
{
    [Theory]
    [InlineData("a.b=1", "a.b = 1")]
    [InlineData("a.b==1", "a.b = 1")]
    [InlineData("  a.b = c and d  ", "a.b = c and d")]
    [InlineData("a and b or c and d", "a and b or c and d")]
    [InlineData("a and (b or c)", "a and (b or c)")]
    [InlineData("(a and b) and c", "(a and b) and c")]
    [InlineData("a or(b)", "a or b")]
    [InlineData("a and(b or c)", "a and (b or c)")]
    [InlineData("not a", "not a")]
    [InlineData("not not a", "a")]
    [InlineData("not not not a", "not a")]
    [InlineData("not(a or b)", "not (a or b)")]
    [InlineData("not not(a)", "a")]
    [InlineData("notable", "notable")]
    [InlineData("not", "not")]
    [InlineData("a.b existsand c", "a.b exists and c")]
    [InlineData("a.b exists", "a.b exists")]
    [InlineData("a.b in (x,y , \"z z\")", "a.b in (x, y, \"z z\")")]
    [InlineData("a.b in()", "a.b in ()")]
    [InlineData("a.b in x", "a.b in (x)")]
    [InlineData("a.b <= 0x1fz", "a.b <= 0x1fz")]
    [InlineData("a.b < -1.5e+3", "a.b < -1.5e+3")]
    [InlineData("a.b = runc:[0:PARENT]", "a.b = runc:[0:PARENT]")]
    [InlineData("a.b = 10.0.0.0/8", "a.b = 10.0.0.0/8")]
    [InlineData("a.b[/proc*] = x", "a.b[/proc*] = x")]
    [InlineData("a.b[\"x y\"] = x", "a.b[\"x y\"] = x")]
    [InlineData("a.b contains\nx", "a.b contains x")]
    [InlineData("a.b startswith oneof (x, y)", "a.b startswith oneof (x, y)")]
    [InlineData("a.b = oneof and c", "a.b = oneof and c")]
    [InlineData("a.b = val(c.d[1])", "a.b = val(c.d[1])")]
    [InlineData("tolower(a.b) = x", "tolower(a.b) = x")]
    [InlineData("concat(a.b, \"x\", 1) = x", "concat(a.b, \"x\", \"1\") = x")]
    [InlineData("join(\",\", (a.b, \"c\")) = x", "join(\",\", (a.b, \"c\")) = x")]
    [InlineData("getopt(a.b, \"n:\")[n] = x", "getopt(a.b, \"n:\")[n] = x")]
    [InlineData("a.b = \"q\\\"q\"", "a.b = \"q\\\"q\"")]
    [InlineData("a.b = 'it'", "a.b = it")]
    [InlineData("a.b = \"a\\ b\"", "a.b = a\\b")]
    [InlineData("a.b = \"\\x41\\t\"", "a.b = \"A\\x09\"")]
    [InlineData("a.b = \"\"", "a.b = \"\"")]
    [InlineData("a.b = a\\b", "a.b = a\\b")]
    public void Accepted_and_printed(string text, string printed)
    {
        Assert.Equal(printed, ConditionPrinter.Print(ConditionParser.Parse(text)));
        Assert.Equal(printed, ConditionPrinter.Print(ConditionParser.Parse(printed)));
    }

    [Theory]
    [InlineData("", 0, "the condition is empty")]
    [InlineData("  ", 0, "the condition is empty")]
    [InlineData("a b", 2, "expected 'and', 'or' or the end")]
    [InlineData("a and", 5, "expected a blank or '(' after 'and'")]
    [InlineData("a or ", 5, "expected '(', a field")]
    [InlineData("a orb", 4, "expected a blank or '(' after 'or'")]
    [InlineData("a AND b", 2, "expected 'and', 'or'")]
    [InlineData("(a", 2, "expected ')'")]
    [InlineData("a)", 1, "expected 'and', 'or' or the end")]
    [InlineData("()", 1, "expected '(', a field")]
    [InlineData("a.b", 3, "expected an operator, one of: exists, =")]
    [InlineData("a.b ~ c", 4, "expected an operator")]
    [InlineData("a.b contains", 4, "expected an operator")]
    [InlineData("a.b =", 5, "expected a value")]
    [InlineData("a.b = (x)", 6, "expected a value")]
    [InlineData("a.b < x", 6, "expected a number")]
    [InlineData("a.b in (x,)", 10, "expected a value in the list")]
    [InlineData("a.b in (x y)", 10, "expected ',' or ')'")]
    [InlineData("a.b in x, y", 8, "expected 'and', 'or'")]
    [InlineData("a.b = \"x", 6, "this string never ends")]
    [InlineData("a.b = \"foo\\\\\"", 6, "this string never ends")]
    [InlineData("a.b = \"\\q\"", 6, "unknown escape \\q")]
    [InlineData("a.b = \"\\'\"", 6, "unknown escape \\'")]
    [InlineData("a.b = \"\\x4\"", 6, "two hex digits")]
    [InlineData("a.b[] = x", 4, "expected an argument")]
    [InlineData("a.b[x = y", 5, "expected ']'")]
    [InlineData("a.b[x y] = z", 5, "expected ']'")]
    [InlineData("tolower (a.b) = x", 8, "expected 'and', 'or'")]
    [InlineData("tolower(x) = y", 8, "expected a field")]
    [InlineData("tolower(a.b = y", 12, "expected ',' or ')' in tolower()")]
    [InlineData("a.b = val(x)", 10, "expected a field in val()")]
    [InlineData("a. = x", 1, "expected 'and', 'or'")]
    [InlineData("1a.b = x", 0, "expected '(', a field")]
    public void Rejected_with_place_and_expectation(string text, int position, string message)
    {
        var error = Assert.Throws<SyntaxException>(() => ConditionParser.Parse(text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void Nesting_is_accepted_to_its_bound_and_refused_beyond()
    {
        static string Nested(int depth) => new string('(', depth) + "a" + new string(')', depth);
        Assert.IsType<MacroNode>(ConditionParser.Parse(Nested(900)));
        Assert.Contains("nested deeper than 1000", Assert.Throws<SyntaxException>(() => ConditionParser.Parse(Nested(5000))).Message, StringComparison.Ordinal);
    }
}
