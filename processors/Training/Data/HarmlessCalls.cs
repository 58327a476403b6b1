using System.Collections.Concurrent;

namespace Syscribe.Training.Data;

/// <summary>Every call of the kernel's table that is in no family and that no rule names, by what its event shows.</summary>
internal static class HarmlessCalls
{
    private const int Alikes = 8;

    private static readonly ConcurrentDictionary<string, string[]> Alike = new(StringComparer.Ordinal);
    private static readonly HashSet<string> Paths = Split(Lists.PathCalls);
    private static readonly HashSet<string> Descriptors = Split(Lists.FdCalls);
    private static readonly HashSet<string> Plain = Split(Lists.PlainCalls);

    /// <summary>All of them, in a fixed order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Paths.Concat(Descriptors).Concat(Plain).Order(StringComparer.Ordinal)];

    /// <summary>Those that are spelt most like <paramref name="call"/>, by the letters that both begin and end with: what a reader of names takes for its kin.</summary>
    public static IReadOnlyList<string> Like(string call) => Alike.GetOrAdd(call, static call =>
        [.. All.Where(other => other != call).OrderByDescending(other => Same(call, other)).Take(Alikes)]);

    public static bool IsKnown(string call) => Paths.Contains(call) || TakesDescriptor(call) || Plain.Contains(call);

    public static bool TakesPath(string call) => Paths.Contains(call);

    public static bool TakesDescriptor(string call) => Descriptors.Contains(call);

    private static int Same(string call, string other) =>
        call.AsSpan().CommonPrefixLength(other) + call.Reverse().Zip(other.Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();

    private static HashSet<string> Split(string names) =>
        new(names.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), StringComparer.Ordinal);
}
