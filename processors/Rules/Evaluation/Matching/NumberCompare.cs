using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation.Matching;

/// <summary>Ordinary comparison of numbers.</summary>
internal static class NumberCompare
{
    public static bool Holds(CompareOperator op, long left, long right) => op switch
    {
        CompareOperator.Equal => left == right,
        CompareOperator.NotEqual => left != right,
        CompareOperator.Less => left < right,
        CompareOperator.LessOrEqual => left <= right,
        CompareOperator.Greater => left > right,
        CompareOperator.GreaterOrEqual => left >= right,
        _ => false,
    };

    public static bool HoldsUnsigned(CompareOperator op, long left, long right) =>
        op is CompareOperator.Equal or CompareOperator.NotEqual
            ? Holds(op, left, right)
            : Holds(op, ((ulong)left).CompareTo((ulong)right), 0);
}
