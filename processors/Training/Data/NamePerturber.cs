namespace Syscribe.Training.Data;

/// <summary>
/// Names of system calls that do not exist, as the next kernel might have them: so that a model reads a name's stem instead of
/// knowing a list. Never a held-out name, nor one that contains it or is contained in it.
/// </summary>
internal sealed class NamePerturber(Vocabulary words, IReadOnlyCollection<string> untrained, IReadOnlyCollection<string> real)
{
    private static readonly string[] Suffixes = ["2", "3", "4", "64", "at", "at2", "at3", "v", "_v2", "v2", "_at", "x", "_ex", "_new", "32", "_by", "_time64", "_fd", "_path"];
    private static readonly string[] Nouns = ["name", "id", "fd", "path", "ref", "inode", "index", "desc", "key", "handle", "mount", "ns"];

    // A ring's operations that exist are mostly harmless; those that do not yet are what their stems say.
    private static readonly string[] RingPrefixes = ["", "", "", "f", "x", "do_", "re", "q", "k_", "async_"];
    private static readonly string[] Prefixes = ["f", "l", "x", "sys_", "io.", "ring.", "uring.", "io_ring.", "aio_", "pidfd_", "fd_", "do_", "new", "v", "k", "rt_", "p", "e"];

    // Words of trained names that say nothing by themselves, as "file" and "range".
    private readonly string[] _parts =
    [
        .. real.Except(untrained).SelectMany(name => name.Split('_', '.')).Distinct()
            .Where(part => part.Length > 2 && !Stems.Any(stem => part.Contains(stem, StringComparison.Ordinal))).Order(StringComparer.Ordinal),
    ];

    /// <summary>A changed form of <paramref name="name"/>; the name itself where no try was allowed.</summary>
    public string Perturb(string name)
    {
        for (var i = 0; i < 20; i++)
        {
            var changed = Change(name);
            if (changed != name && IsAllowed(changed, name))
            {
                return changed;
            }
        }

        return name;
    }

    /// <summary>A name that means nothing.</summary>
    public string Gibberish()
    {
        while (true)
        {
            var name = words.Random.Next(3) switch
            {
                0 => words.Letters(3 + words.Random.Next(9)),
                1 => $"{words.Letters(2 + words.Random.Next(4))}_{words.Letters(2 + words.Random.Next(5))}",
                _ => $"{words.Letters(2)}{words.Letters(1)}{words.Letters(2)}{words.Random.Next(9)}",
            };
            if (IsAllowed(name, "") && !Stems.Any(stem => name.Contains(stem, StringComparison.Ordinal)))
            {
                return name;
            }
        }
    }

    private static IReadOnlyList<string> Stems { get; } = [.. CallFamilies.All.SelectMany(f => f.Seen), "exec", "module", "creat", "mod", "uid", "bpf", "setns", "share", "trace", "sock"];

    private bool IsAllowed(string name, string origin) =>
        name.Length is > 2 and < 40 && !real.Contains(name) && !untrained.Any(held => held.Contains(name, StringComparison.Ordinal) || name.Contains(held, StringComparison.Ordinal))
        // Another call inside the name would be the better reading, as of "u" + "link".
        && !real.Any(other => other.Length > 3 && other != origin && name.Contains(other, StringComparison.Ordinal)
            && !(origin.Contains(other, StringComparison.Ordinal) && name.Contains(origin, StringComparison.Ordinal)))
        && (name.Length >= origin.Length || !real.Any(other => other != origin && other.Length == origin.Length && IsWithoutOne(other, name)));

    // Whether a letter less of the whole name makes the short one.
    private static bool IsWithoutOne(string whole, string less)
    {
        var same = 0;
        while (same < less.Length && whole[same] == less[same])
        {
            same++;
        }

        return whole.AsSpan(same + 1).SequenceEqual(less.AsSpan(same));
    }

    private string Change(string name) => words.Random.Next(36) switch
    {
        // A name within another, as setfsuid around "fs".
        >= 34 when name.Length > 5 => name.Insert(3 + words.Random.Next(name.Length - 4), words.Letters(1 + words.Random.Next(3))),

        // A word of a harmless call's name beside a stem must not hide it.
        >= 30 when _parts.Length > 0 => words.Chance(0.5) ? $"{name}_{words.Pick(_parts)}" : $"{words.Pick(_parts)}_{name}",

        // Kin that take a descriptor have an "f" before their name.
        >= 25 => (words.Chance(0.6) ? "f" : words.Letters(1)) + name + (words.Chance(0.3) ? words.Pick(Suffixes) : ""),
        24 => $"{name}_{words.Pick(["by", "with", "from", "in", "to", "via"])}_{words.Pick(Nouns)}{words.Pick(["", "_at", "at", "2"])}",
        // "at" is the kernel's usual ending of a younger kin: it must not mean a harmless call because the kin are held out.
        >= 20 => $"{name}{(words.Chance(0.4) ? "_" : words.Letters(words.Random.Next(3)))}at{words.Pick(["", "", "2", "3", "4", "64", "x"])}",
        < 3 => name + words.Pick(Suffixes),
        3 or 4 => name + Tail(1 + words.Random.Next(4)),
        5 => words.Pick(Prefixes) + name,
        6 => words.Pick(Prefixes) + name + words.Pick(Suffixes),
        7 => words.Letters(1 + words.Random.Next(4)) + words.Pick(["_", ".", "", "_"]) + name,
        8 or 9 => $"{Space()}.{words.Pick(RingPrefixes)}{name}{(words.Chance(0.6) ? words.Pick(Suffixes) : "")}",
        10 when name.Length > 5 => name.Remove(1 + words.Random.Next(name.Length - 1), 1),
        11 or 12 when name.Length > 3 => name.Insert(1 + words.Random.Next(name.Length - 1), words.Letters(1 + words.Random.Next(name.Length < 6 ? 1 : 3))),
        13 => words.Letters(1) + name + (words.Chance(0.4) ? words.Pick(Suffixes) : ""),
        14 or 15 or 16 => $"io_uring.{words.Pick(RingPrefixes)}{name}{(words.Chance(0.7) ? words.Pick(Suffixes) : "")}",
        _ => name + words.Pick(Suffixes) + (words.Chance(0.3) ? words.Pick(Suffixes) : ""),
    };

    // What a family of calls could be called.
    private string Space() => words.Random.Next(4) switch
    {
        0 => $"{words.Letters(2 + words.Random.Next(3))}_{words.Letters(2 + words.Random.Next(4))}",
        1 => words.Letters(2 + words.Random.Next(4)) + words.Random.Next(1, 10),
        2 => $"io_{words.Letters(2 + words.Random.Next(4))}",
        _ => words.Letters(2 + words.Random.Next(6)),
    };

    private string Tail(int length) => words.Chance(0.5) ? words.Letters(length) : words.Chance(0.5) ? "_" + words.Letters(length) : words.Letters(1) + words.Random.Next(10);
}
