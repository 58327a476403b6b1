namespace Syscribe.Rules.Syntax;

/// <summary>Operators of the condition language, as <see cref="OperatorNames"/> spells them.</summary>
public enum CompareOperator
{
    Exists,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Glob,
    IGlob,
    Contains,
    IContains,
    BContains,
    StartsWith,
    BStartsWith,
    EndsWith,
    Regex,
    In,
    Intersects,
    PMatch,
}

/// <summary>How many elements of a list an operator must hold for.</summary>
public enum Modifier
{
    /// <summary>No list: the operator's plain form.</summary>
    None,

    /// <summary>Exactly one element.</summary>
    OneOf,

    /// <summary>At least one element.</summary>
    AnyOf,

    /// <summary>Every element; false for the empty list.</summary>
    AllOf,
}

/// <summary>Spelling and families of operators.</summary>
public static class OperatorNames
{
    private static readonly Dictionary<CompareOperator, string> Names = new()
    {
        [CompareOperator.Exists] = "exists",
        [CompareOperator.Equal] = "=",
        [CompareOperator.NotEqual] = "!=",
        [CompareOperator.Less] = "<",
        [CompareOperator.LessOrEqual] = "<=",
        [CompareOperator.Greater] = ">",
        [CompareOperator.GreaterOrEqual] = ">=",
        [CompareOperator.Glob] = "glob",
        [CompareOperator.IGlob] = "iglob",
        [CompareOperator.Contains] = "contains",
        [CompareOperator.IContains] = "icontains",
        [CompareOperator.BContains] = "bcontains",
        [CompareOperator.StartsWith] = "startswith",
        [CompareOperator.BStartsWith] = "bstartswith",
        [CompareOperator.EndsWith] = "endswith",
        [CompareOperator.Regex] = "regex",
        [CompareOperator.In] = "in",
        [CompareOperator.Intersects] = "intersects",
        [CompareOperator.PMatch] = "pmatch",
    };

    /// <summary>The operator's text, <c>=</c> for both spellings of equality.</summary>
    public static string Text(this CompareOperator op) => Names[op];

    /// <summary>The modifier's text; empty for none.</summary>
    public static string Text(this Modifier modifier) => modifier switch
    {
        Modifier.OneOf => "oneof",
        Modifier.AnyOf => "anyof",
        Modifier.AllOf => "allof",
        _ => "",
    };

    /// <summary>Whether the right side is a list in parentheses.</summary>
    public static bool TakesList(this CompareOperator op) =>
        op is CompareOperator.In or CompareOperator.Intersects or CompareOperator.PMatch;

    /// <summary>Whether the operator orders its sides.</summary>
    public static bool Orders(this CompareOperator op) =>
        op is CompareOperator.Less or CompareOperator.LessOrEqual or CompareOperator.Greater or CompareOperator.GreaterOrEqual;

    /// <summary>The operator spelt <paramref name="text"/> in an exception's <c>comps</c>, where <c>==</c> is allowed too.</summary>
    public static bool TryParse(string text, out CompareOperator op)
    {
        foreach (var (key, name) in Names)
        {
            if (name == text)
            {
                op = key;
                return true;
            }
        }

        op = CompareOperator.Equal;
        return text == "==";
    }
}
