using System.Globalization;
using System.Text;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>What we use of <c>/proc/PID/stat</c>.</summary>
internal readonly record struct ProcStat(Utf8 Name, uint ParentPid, uint Tty, ulong StartTicks)
{
    /// <exception cref="FormatException">It has not the form that proc(5) gives.</exception>
    public static ProcStat Parse(ReadOnlySpan<byte> stat)
    {
        // pid (name) state ppid pgrp session tty_nr ...: the name may hold blanks and parentheses, so it ends at the last one.
        var open = stat.IndexOf((byte)'(');
        var close = stat.LastIndexOf((byte)')');
        if (open < 0 || close < open)
        {
            throw new FormatException("/proc/PID/stat has no name in parentheses");
        }

        var fields = Encoding.ASCII.GetString(stat[(close + 1)..]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20)
        {
            throw new FormatException($"/proc/PID/stat has {fields.Length} fields after the name, 20 are needed");
        }

        return new ProcStat(
            Utf8.Copy(stat[(open + 1)..close]),
            uint.Parse(fields[1], CultureInfo.InvariantCulture),
            (uint)int.Parse(fields[4], CultureInfo.InvariantCulture),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}

/// <summary>What we use of <c>/proc/PID/status</c>.</summary>
internal static class ProcStatus
{
    public static void Read(IEnumerable<string> lines, ProcessState state)
    {
        foreach (var line in lines)
        {
            var words = line.Split((char[])[':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2)
            {
                Apply(words, state);
            }
        }
    }

    private static void Apply(string[] words, ProcessState state)
    {
        switch (words[0])
        {
            case "Uid":
                state.Uid = uint.Parse(words[2], CultureInfo.InvariantCulture);
                break;
            case "Gid":
                state.Gid = uint.Parse(words[2], CultureInfo.InvariantCulture);
                break;
            // One number per nested namespace, the process's own last.
            case "NSpid":
                state.VirtualPid = int.Parse(words[^1], CultureInfo.InvariantCulture);
                break;
            case "NSpgid":
                state.VirtualProcessGroupId = int.Parse(words[^1], CultureInfo.InvariantCulture);
                break;
            case "NSsid":
                state.SessionId = int.Parse(words[^1], CultureInfo.InvariantCulture);
                break;
            case "CapInh":
                state.CapInheritable = ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                break;
            case "CapPrm":
                state.CapPermitted = ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                break;
            case "CapEff":
                state.CapEffective = ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                break;
        }
    }
}

/// <summary>argv and envp as the kernel keeps them: texts that a NUL ends.</summary>
internal static class NulSeparated
{
    /// <summary>Owned copies of the texts, empty ones included; a missing last NUL is allowed.</summary>
    public static Utf8[] Split(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var owned = bytes.ToArray();
        var length = owned[^1] == 0 ? owned.Length - 1 : owned.Length;
        var texts = new Utf8[owned.AsSpan(0, length).Count((byte)0) + 1];
        var start = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var end = owned.AsSpan(start, length - start).IndexOf((byte)0);
            var size = end < 0 ? length - start : end;
            texts[i] = new Utf8(owned, start, size);
            start += size + 1;
        }

        return texts;
    }
}
