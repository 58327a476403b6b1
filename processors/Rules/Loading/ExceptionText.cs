namespace Syscribe.Rules.Loading;

/// <summary>A rule's condition with its exceptions as text: <c>(condition) and not (…) and not (…)</c>.</summary>
internal static class ExceptionText
{
    public static SourceText Apply(SourceText condition, IEnumerable<ExceptionDefinition> exceptions)
    {
        var result = condition;
        foreach (var exception in exceptions.Where(exception => exception.Values.Count > 0))
        {
            var text = exception.IsTuple ? Tuple(exception) : Single(exception);
            result = (result == condition ? condition.Surround("(", ")") : result)
                .Append(" and not ", new SourceText(text, exception.Location));
        }

        return result;
    }

    private static string Single(ExceptionDefinition exception) =>
        $"({exception.Fields[0]} {exception.Operators[0]} ({string.Join(", ", exception.Values.Select(row => row[0]))}))";

    private static string Tuple(ExceptionDefinition exception) => "(" + string.Join(" or ", exception.Values.Select(row =>
        "(" + string.Join(" and ", row.Select((value, i) => $"{exception.Fields[i]} {exception.Operators[i]} {value}")) + ")")) + ")";
}
