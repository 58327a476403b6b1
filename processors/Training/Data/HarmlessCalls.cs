namespace Syscribe.Training.Data;

/// <summary>Every call of the kernel's table that is in no family and that no rule names, by what its event shows.</summary>
internal static class HarmlessCalls
{
    private static readonly HashSet<string> Paths = Split(Lists.PathCalls);
    private static readonly HashSet<string> Descriptors = Split(Lists.FdCalls);
    private static readonly HashSet<string> Plain = Split(Lists.PlainCalls);

    /// <summary>All of them, in a fixed order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Paths.Concat(Descriptors).Concat(Plain).Order(StringComparer.Ordinal)];

    public static bool IsKnown(string call) => Paths.Contains(call) || TakesDescriptor(call) || Plain.Contains(call);

    public static bool TakesPath(string call) => Paths.Contains(call);

    public static bool TakesDescriptor(string call) => Descriptors.Contains(call);

    private static HashSet<string> Split(string names) =>
        new(names.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), StringComparer.Ordinal);
}
