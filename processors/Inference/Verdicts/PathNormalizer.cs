using System.Buffers;

namespace Syscribe.Inference.Verdicts;

/// <summary>
/// Takes the accidental out of a path, so that the same behaviour has the same path each time: a run of letters and
/// digits that looks random becomes <c>*</c>, other digits become <c>#</c>.
/// <code>
/// /proc/1234/status            /proc/#/status          /tmp/tmp.Xa8dKq1          /tmp/tmp.*
/// /usr/lib/libc.so.6           /usr/lib/libc.so.#      /var/lib/overlay2/&lt;hex&gt;   /var/lib/overlay#/*
/// </code>
/// </summary>
internal static class PathNormalizer
{
    /// <summary>The longest result, bytes; what follows in a longer path is left out.</summary>
    public const int MaxBytes = 256;

    private const int ShortestHex = 8, ShortestMixed = 6, ShortestTmp = 6;

    /// <summary>Normalises <paramref name="path"/> into <paramref name="destination"/>, at least <see cref="MaxBytes"/>, and says how many bytes.</summary>
    public static int Write(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        var length = 0;
        for (var at = 0; at < path.Length && length < MaxBytes;)
        {
            var run = RunLength(path[at..]);
            if (run == 0)
            {
                destination[length++] = path[at++];
                continue;
            }

            length += WriteRun(path.Slice(at, run), destination[length..MaxBytes]);
            at += run;
            at += FollowingRandom(path[at..], destination[..length]);
        }

        return length;
    }

    private static int RunLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(Alphanumeric);
        return end < 0 ? text.Length : end;
    }

    private static SearchValues<byte> Alphanumeric { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);

    // After *, further random or hexadecimal groups joined by - or _ belong to it: UUIDs and their kin.
    private static int FollowingRandom(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> written)
    {
        if (written.IsEmpty || written[^1] != '*')
        {
            return 0;
        }

        var skipped = 0;
        while (skipped < rest.Length && rest[skipped] is (byte)'-' or (byte)'_')
        {
            var group = rest.Slice(skipped + 1, RunLength(rest[(skipped + 1)..]));
            if (group.IsEmpty || !(IsRandom(group) || IsHexWithDigit(group, shortest: 4)))
            {
                break;
            }

            skipped += 1 + group.Length;
        }

        return skipped;
    }

    private static int WriteRun(ReadOnlySpan<byte> run, Span<byte> destination)
    {
        if (run.Length > ShortestTmp && run.StartsWith("tmp"u8))
        {
            return Copy("tmp*"u8, destination);
        }

        if (IsRandom(run))
        {
            destination[0] = (byte)'*';
            return 1;
        }

        var length = 0;
        for (var i = 0; i < run.Length && length < destination.Length; i++)
        {
            var digit = IsDigit(run[i]);
            if (!digit || i == 0 || !IsDigit(run[i - 1]))
            {
                destination[length++] = digit ? (byte)'#' : run[i];
            }
        }

        return length;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = Math.Min(text.Length, destination.Length);
        text[..length].CopyTo(destination);
        return length;
    }

    // Long hexadecimal with a digit and a letter, or letters of both cases and digits that change often. CamelCase does not.
    private static bool IsRandom(ReadOnlySpan<byte> run) =>
        IsHexWithDigit(run, ShortestHex) || (run.Length >= ShortestMixed && Changes(run) is >= 3 and var changes && changes * 3 >= run.Length);

    private static bool IsHexWithDigit(ReadOnlySpan<byte> run, int shortest)
    {
        if (run.Length < shortest || !run.ContainsAnyInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        var letters = false;
        foreach (var b in run)
        {
            var letter = (b | 0x20) is >= (byte)'a' and <= (byte)'f';
            letters |= letter;
            if (!letter && !IsDigit(b))
            {
                return false;
            }
        }

        return letters || shortest < ShortestHex;
    }

    // Changes of class (lower, upper, digit) from one character to the next; a capital before a small letter is a word.
    private static int Changes(ReadOnlySpan<byte> run)
    {
        var changes = 0;
        for (var i = 1; i < run.Length; i++)
        {
            var (from, to) = (ClassOf(run[i - 1]), ClassOf(run[i]));
            changes += from != to && !(from == 1 && to == 0) ? 1 : 0;
        }

        return changes;
    }

    private static int ClassOf(byte b) => b is >= (byte)'a' and <= (byte)'z' ? 0 : b is >= (byte)'A' and <= (byte)'Z' ? 1 : 2;

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';
}
