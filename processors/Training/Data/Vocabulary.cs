using System.Text;

namespace Syscribe.Training.Data;

/// <summary>
/// Names and words that events are made of. Each half of the words belongs to one use: training never sees the other one.
/// Known programs and directories are in both. Not thread safe.
/// </summary>
internal sealed class Vocabulary(Random random, int half)
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Alphanumerics = Lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string Everything = Alphanumerics + "_-.+@,:";

    private static readonly string[] Words = Split(Lists.Words);
    private static readonly string[] Programs = Split(Lists.Programs);
    private static readonly string[] Images = Split(Lists.Images);
    private static readonly string[] Directories = Split(Lists.Directories);
    private static readonly string[] Extensions = Split(Lists.Extensions);
    private static readonly string[] People = Split(Lists.People);
    private static readonly string[] Services = Split(Lists.Services);

    /// <summary>First and last letters of alphabets that training knows.</summary>
    public static readonly (int First, int Last)[] KnownAlphabets =
        [(0xc0, 0x17f), (0x391, 0x3c9), (0x561, 0x586), (0x5d0, 0x5ea), (0x621, 0x64a), (0x905, 0x939), (0x10d0, 0x10f0), (0x3041, 0x3096), (0x4e00, 0x9fa5), (0xac00, 0xd7a3)];

    /// <summary>The Cyrillic letters, which training never sees.</summary>
    public static readonly (int First, int Last) UnknownAlphabet = (0x431, 0x44f);

    /// <summary>First and last letter of the alphabet that all words are made of; null for words as most machines have them.</summary>
    public (int First, int Last)? Alphabet { get; set; }

    private bool Foreign => Alphabet is not null;

    /// <summary>Words of the rules, which ordinary events use as well; null for none.</summary>
    public RuleWords? Rules { get; init; }

    /// <summary>Recorded processes and paths that made events borrow; null for none.</summary>
    public RecordedWork? Work { get; init; }

    /// <summary>Names of calls, which programs are given as arguments at times; empty for none.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    public Random Random { get; } = random;

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Random.Next(items.Count)];

    /// <summary>A word of this half, or a made-up one.</summary>
    public string Word()
    {
        if (Alphabet is { } alphabet)
        {
            return Letters(2 + Random.Next(4), alphabet);
        }

        var kind = Random.Next(10);
        if (kind < 6)
        {
            var at = Random.Next(Words.Length / 2) * 2;
            return Words[Math.Min(Words.Length - 1, at + half)];
        }

        return kind switch
        {
            6 => Letters(2 + Random.Next(8)),
            7 => $"{(Chance(0.5) ? Letters(3 + Random.Next(6)) : Pronounceable())}-{Hex(6 + Random.Next(7))}",
            8 => Pronounceable(),
            _ => Mixed(1 + Random.Next(12)),
        };
    }

    /// <summary>A program's name: known mostly, else a word.</summary>
    public string Program() => Rules is { Programs.Count: > 0 } rules && Chance(0.3) ? Pick(rules.Programs)
        : Chance(0.65) && !Foreign ? Pick(Programs) : Word();

    public string Person() => Chance(0.6) && !Foreign ? Pick(People) : Letters(3 + Random.Next(7));

    public string Service() => Rules is { Users.Count: > 0 } rules && Chance(0.4) ? Pick(rules.Users) : Pick(Services);

    public string Image()
    {
        if (Foreign)
        {
            return $"{Word()}/{Word()}";
        }

        return Chance(0.6) ? Pick(Images) : $"{(Chance(0.5) ? Word() + ".example.com/" : "")}{Word()}/{Word()}";
    }

    public string Directory() => Chance(0.75) ? Fill(Pick(Directories)) : "/" + string.Join('/', Enumerable.Range(0, 1 + Random.Next(3)).Select(_ => Word()));

    public string FileName()
    {
        var name = Word();
        return Random.Next(4) switch
        {
            0 => name,
            1 => $"{name}-{Word()}{Pick(Extensions)}",
            2 => $"{name}{Random.Next(100)}{Pick(Extensions)}",
            _ => name + Pick(Extensions),
        };
    }

    public string FilePath() => Work is { Paths.Count: > 0 } work && Chance(0.25) ? Pick(work.Paths)
        : Rules is { Paths.Count: > 0 } rules && Chance(0.15) ? RulePath(Pick(rules.Paths)) : $"{Directory()}/{FileName()}";

    private string RulePath((string Text, char Kind) part) => part.Kind switch
    {
        '^' => part.Text + (part.Text.EndsWith('/') || Chance(0.5) ? FileName() : "/" + FileName()),
        '$' => (part.Text.StartsWith('/') ? Directory() : Directory() + "/") + part.Text,
        '~' => Directory() + (part.Text.StartsWith('/') ? "" : "/") + part.Text + Word(),
        '*' => part.Text.Replace("[0-9]*", "*", StringComparison.Ordinal).Replace("*", Chance(0.5) ? Random.Next(10, 9999).ToString(System.Globalization.CultureInfo.InvariantCulture) : Word(), StringComparison.Ordinal),
        _ => Chance(0.8) || part.Text.EndsWith('/') ? part.Text : $"{part.Text}/{FileName()}",
    };

    /// <summary>Arguments as programs are given them.</summary>
    public string Arguments()
    {
        var parts = new List<string>();
        for (var i = Chance(0.07) ? 4 + Random.Next(14) : Random.Next(5); i > 0; i--)
        {
            parts.Add(Random.Next(14) switch
            {
                0 => "-" + Letters(1),
                1 => "--" + Word(),
                2 => $"--{Word()}={Word()}",
                3 when Rules is { Arguments.Count: > 0 } rules && Chance(0.4) => Pick(rules.Arguments),
                4 when Rules is { Paths.Count: > 0 } rules => RulePath(Pick(rules.Paths)),
                5 => $"/var/lib/{Word()}/{Hex(12)}/{Pick(["work", "programs", "bundle", "data"])}/{FileName()}",
                6 => Random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
                7 => Pick([",", "#", "0", "?" + CallOr(0.5), "$" + Letters(1), "@", "0600", "0x" + Hex(3), "in:" + Word(), Letters(1) + "=" + Word(), "AT_FDCWD", "O_RDONLY", "-"]),
                8 => $"{Word()},{Word()}={Random.Next(99)}",
                9 or 10 => FilePath(),
                11 => CallOr(0.25),
                _ => Word(),
            });
        }

        return string.Join(' ', parts);
    }

    // A call's name is a word as any other where it is not the call.
    private string CallOr(double share) => Calls.Count > 0 && !Foreign && Chance(share) ? Pick(Calls) : Word();

    public string Letters(int length) => Make(length, Lower);

    public string Mixed(int length)
    {
        // Any printable character, and now and then bytes of another alphabet, which the rendering escapes.
        if (Chance(0.25))
        {
            var text = new StringBuilder();
            for (var i = 0; i < Math.Min(length, 5); i++)
            {
                text.Append(Random.Next(3) switch { 0 => (char)Random.Next(0xc0, 0x17f), 1 => (char)Random.Next(0x391, 0x3c9), _ => (char)Random.Next(33, 127) });
            }

            return text.Replace('/', '_').ToString();
        }

        return Make(length, Everything);
    }

    public string Hex(int length) => Make(length, "0123456789abcdef");

    public string Alphanumeric(int length) => Make(length, Alphanumerics);

    private string Letters(int length, (int First, int Last) alphabet) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => (char)Random.Next(alphabet.First, alphabet.Last + 1)));

    private string Fill(string directory) => directory.Replace("*", Word(), StringComparison.Ordinal).Replace("#", Random.Next(1, 99_999).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("~", $"/home/{Person()}", StringComparison.Ordinal).Replace("%", Hex(12), StringComparison.Ordinal);

    private string Pronounceable()
    {
        var text = new StringBuilder();
        for (var i = 1 + Random.Next(3); i > 0; i--)
        {
            text.Append("bcdfghklmnprstvz"[Random.Next(16)]).Append("aeiou"[Random.Next(5)]);
        }

        return text.ToString();
    }

    private string Make(int length, string alphabet)
    {
        Span<char> text = stackalloc char[length];
        for (var i = 0; i < length; i++)
        {
            text[i] = alphabet[Random.Next(alphabet.Length)];
        }

        return new string(text);
    }

    private static string[] Split(string words) => words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
