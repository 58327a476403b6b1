using System.Buffers;
using System.Text.RegularExpressions;

namespace Syscribe.Training.Data;

/// <summary>
/// Changes of the text that change nothing of its meaning: an unseen call has another name and shows other things beside the
/// same facts. Training only.
/// </summary>
internal sealed partial class Augmenter(Vocabulary words, NamePerturber names)
{
    // Ids as containers, packages and temporary files have them: recorded ones would be learnt by heart.
    [GeneratedRegex("(?<![0-9a-z])(?=[a-f]*[0-9])[0-9a-f]{8,64}(?![0-9a-z])|(?<=tmp\\.)[0-9A-Za-z]{6,12}")]
    private static partial Regex Id();

    private static readonly string[] ExtraFlags = ["AT_EMPTY_PATH", "AT_SYMLINK_NOFOLLOW", "AT_SYMLINK_FOLLOW", "RESOLVE_BENEATH", "RESOLVE_NO_SYMLINKS", "RESOLVE_CACHED", "RENAME_NOREPLACE", "AT_RECURSIVE", "AT_NO_AUTOMOUNT", "IOSQE_ASYNC", "O_LARGEFILE", "FD_LOWER_LAYER", "MODULE_INIT_COMPRESSED_FILE", "O_CLOEXEC", "FD_UPPER_LAYER"];
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> AsIs = SearchValues.Create("/.-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly string[] ExtraKeys = ["dirfd", "how", "size", "dfd", "len", "id", "ns", "mask", "op", "mnt", "ring", "prio"];

    /// <summary>Share of examples whose call is renamed.</summary>
    public double Renamed { get; init; } = 0.5;

    /// <summary>A changed form of the text and the call's name in it.</summary>
    public (string Text, string Call) Apply(string text, string call)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var line = TextLine.Parse(Id().Replace(text, found => NewId(ids, found.Value)));
        var trained = call;
        if (words.Chance(Renamed))
        {
            call = names.Perturb(call);
            line["call"] = call;
        }

        Change(line, call, isByDescriptor: call != trained && call.StartsWith('f'));
        return (line.ToString(), call);
    }

    // The same id is the same everywhere in a text.
    private string NewId(Dictionary<string, string> ids, string old)
    {
        if (!ids.TryGetValue(old, out var id))
        {
            ids[old] = id = old.AsSpan().ContainsAnyExcept(HexDigits) ? words.Alphanumeric(old.Length) : words.Hex(old.Length);
        }

        return id;
    }

    private void Change(TextLine line, string call, bool isByDescriptor)
    {
        ChangeOutcome(line);
        ChangeFlags(line);
        if (words.Chance(isByDescriptor ? 0.6 : 0.16) && line["path"] == "-" && !call.StartsWith("exec", StringComparison.Ordinal))
        {
            // A younger kin takes a descriptor where the classic call has none, as those with an "f" do: that says nothing of what it does.
            line["path"] = words.FilePath() is var path && !path.AsSpan().ContainsAnyExcept(AsIs) ? path : "/" + words.Letters(4) + "/" + words.Letters(6);
            if (line["fd"] == "-" && words.Chance(isByDescriptor ? 0.9 : 0.5))
            {
                line["fd"] = "file";
            }
        }

        if (words.Chance(0.05) && line["text"] == "-")
        {
            line["text"] = words.Letters(2 + words.Random.Next(8));
        }

        if (words.Chance(0.12))
        {
            var missing = line.Fields.Where(field => field.Value == "-").ToList();
            line.Remove(missing.Count > 0 ? words.Pick(missing).Key : "");
        }

        for (var i = words.Chance(0.3) ? 1 + words.Random.Next(2) : 0; i > 0; i--)
        {
            var key = words.Chance(0.5) ? words.Pick(ExtraKeys) : words.Letters(1 + words.Random.Next(7)) + (words.Chance(0.3) ? words.Random.Next(100).ToString(System.Globalization.CultureInfo.InvariantCulture) : "");
            if (!line.Has(key))
            {
                line.Insert(1 + words.Random.Next(line.Fields.Count), key, ExtraValue());
            }
        }
    }

    // A ring's operation has no result yet, and no descriptor; other calls show one that their kin do not.
    private void ChangeOutcome(TextLine line)
    {
        // Nor does it say whether it makes the file: an open that may and did not could be told from one that did no more.
        var (flags, isPending) = (line["flags"], words.Chance(0.2) && line["res"] == "ok");
        isPending &= !flags.Contains("O_CREAT", StringComparison.Ordinal) || flags.Contains("O_F_CREATED", StringComparison.Ordinal);
        if (isPending)
        {
            line["res"] = "-";
            line["flags"] = flags.Replace("|O_F_CREATED", "", StringComparison.Ordinal);
        }

        if (line["fd"] == "file" && words.Chance(isPending ? 0.5 : 0.08))
        {
            line["fd"] = "-";
        }
        else if (line["fd"] == "-" && line["path"] != "-" && words.Chance(0.15))
        {
            line["fd"] = "file";
        }
    }

    private void ChangeFlags(TextLine line)
    {
        var flags = line["flags"];
        if (flags.Contains("S_I", StringComparison.Ordinal) && words.Chance(0.3))
        {
            // The newest calls come with the number of a mode, of which only the special bits are shown.
            var special = string.Join('|', flags.Split('|').Where(flag => flag is "S_ISUID" or "S_ISGID" or "S_ISVTX"));
            line["flags"] = flags = special.Length > 0 ? special : "-";
        }

        if (words.Chance(0.12))
        {
            var flag = words.Pick(ExtraFlags);
            line["flags"] = flags == "-" ? flag : words.Chance(0.5) ? $"{flags}|{flag}" : $"{flag}|{flags}";
        }
    }

    private string ExtraValue() => words.Random.Next(5) switch
    {
        0 => words.Random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 => words.Letters(1 + words.Random.Next(10)),
        2 => "/" + words.Letters(3) + "/" + words.Letters(5),
        3 => "0x" + words.Hex(4),
        _ => "-",
    };
}
