using System.Text;
using Syscribe.Rules.Syntax;

namespace Syscribe.Training.Data;

/// <summary>What kind of text a field holds: decides what surrounds the parts that a condition asks for.</summary>
internal enum TextShape
{
    Name,
    Path,
    Arguments,
    Other,
}

/// <summary>Texts that satisfy comparisons, or just fail to.</summary>
internal sealed class ValueSolver(Vocabulary words)
{
    /// <summary>A text for which every one of <paramref name="atoms"/> that must hold does; null where none was found. Those that must not are left to chance.</summary>
    public string? Satisfy(IReadOnlyList<Atom> atoms, TextShape shape)
    {
        var wanted = atoms.Where(a => a.Holds).ToList();
        if (wanted.Count == 0)
        {
            return null;
        }

        var exact = wanted.Where(a => a.IsExact).ToList();
        if (exact.Count > 0)
        {
            var common = exact.Skip(1).Aggregate(exact[0].Values.AsEnumerable(), (left, a) => left.Intersect(a.Values)).ToList();
            return common.Count == 0 ? null : words.Pick(common);
        }

        var pattern = wanted.Find(a => a.Node.Operator is CompareOperator.Glob or CompareOperator.IGlob or CompareOperator.PMatch);
        var contained = wanted.Where(a => a.Node.Operator is CompareOperator.Contains or CompareOperator.IContains).Select(a => Case(a, words.Pick(a.Values))).ToList();
        var start = Last(wanted, CompareOperator.StartsWith);
        var end = Last(wanted, CompareOperator.EndsWith);
        if (pattern is not null)
        {
            var whole = Instance(words.Pick(pattern.Values), shape);
            var below = pattern.Node.Operator == CompareOperator.PMatch && words.Chance(0.5) && !HasFile(whole) ? $"/{words.FileName()}" : "";
            return whole + below;
        }

        return Compose(start, contained, end, shape);
    }

    /// <summary>A text that <paramref name="atom"/> just does not accept, though it looks alike.</summary>
    public string Miss(Atom atom, string? now, TextShape shape)
    {
        var value = words.Pick(atom.Values);
        switch (atom.Node.Operator)
        {
            case CompareOperator.StartsWith:
                return MissStart(value, now, shape);
            case CompareOperator.EndsWith:
                return words.Random.Next(4) switch
                {
                    0 => (now ?? value) + words.Pick([".bak", "~", ".old", ".1", "x", "-" + words.Word(), ".d/" + words.Word()]),
                    1 => Directory(now ?? value) + "/" + words.FileName(),
                    2 => (now ?? value)[..^1],
                    _ => Distort(now ?? value, value),
                };
            case CompareOperator.Contains or CompareOperator.IContains:
                return words.Chance(0.6) && now is not null ? Distort(now, value) : Fresh(shape);
            case CompareOperator.Glob or CompareOperator.IGlob or CompareOperator.PMatch:
                return MissPattern(now ?? Instance(value, shape), shape);
            default:
                return words.Random.Next(7) switch { 0 => Alike(value, shape), 1 or 2 => Sibling(value, shape), _ => Fresh(shape) };
        }
    }

    /// <summary>An unremarkable text of the shape.</summary>
    public string Fresh(TextShape shape) => shape switch
    {
        TextShape.Name => words.Program(),
        TextShape.Path => words.FilePath(),
        TextShape.Arguments => words.Arguments(),
        _ => words.Word(),
    };

    /// <summary>A text that a glob pattern accepts.</summary>
    public string Instance(string glob, TextShape shape)
    {
        var text = new StringBuilder();
        for (var i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*':
                    text.Append(Star(glob, i, shape));
                    break;
                case '?':
                    text.Append(words.Letters(1));
                    break;
                case '[' when glob.IndexOf(']', i) is > 0 and var close:
                    text.Append(glob[i + 1] is '0' ? (char)('0' + words.Random.Next(10)) : glob[i + 1]);
                    i = close;
                    break;
                case '\\' when i + 1 < glob.Length:
                    text.Append(glob[++i]);
                    break;
                default:
                    text.Append(glob[i]);
                    break;
            }
        }

        return text.ToString();
    }

    private string Star(string glob, int at, TextShape shape)
    {
        if (shape == TextShape.Path && at >= 6 && glob.AsSpan(0, at).StartsWith("/proc/"))
        {
            return glob[at - 1] == '/' && words.Chance(0.25)
                ? words.Pick(["self", "thread-self", "self/task/" + words.Random.Next(2, 9999)])
                // Behind a digit already: a process id may have one only.
                : glob[at - 1] != '/' && words.Chance(0.3) ? ""
                : words.Random.Next(1, words.Pick([10, 100, 1000, 10_000, 100_000])).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return shape == TextShape.Path ? words.Word() : words.Chance(0.5) ? words.Word() : "";
    }

    private string Compose(string? start, List<string> contained, string? end, TextShape shape)
    {
        var text = new StringBuilder(start ?? "");
        if (shape == TextShape.Path)
        {
            var head = start is null ? words.Directory() : "";
            text.Append(head);
            foreach (var part in contained)
            {
                var (left, right) = (text.Length > 0 && text[^1] == '/', part[0] == '/');
                text.Append(text.Length == 0 || left != right ? part : left ? part[1..] : "/" + part);
            }

            // The tail joins the last component or begins one, as the text before it asks.
            if (end is null)
            {
                text.Append(text.Length > 0 && text[^1] == '/' || words.Chance(0.5) ? Tail(text) : words.Chance(0.5) ? words.Word() : "");
            }
            else if (end[0] != '/' && (text.Length == 0 || text[^1] != '/') && words.Chance(0.9))
            {
                text.Append('/').Append(words.Chance(0.5) ? "." + words.Word() : "");
            }
            else if (end[0] == '/' && text.Length > 0 && text[^1] == '/')
            {
                // No resolved path holds two slashes: one of them is both, or something is in between.
                return text.Append(words.Chance(0.5) ? words.Word() + end : end[1..]).ToString();
            }

            return text.Append(end).ToString();
        }

        if (shape == TextShape.Arguments)
        {
            if (start is null && contained.Count > 0 && words.Chance(0.6))
            {
                text.Append(words.Arguments());
            }

            foreach (var part in contained)
            {
                text.Append(text.Length > 0 && text[^1] != ' ' && part[0] != ' ' && words.Chance(0.8) ? " " : "").Append(part);
            }

            return text.Append(words.Chance(0.65) ? (words.Chance(0.8) ? " " : "") + words.Arguments() : "").Append(end).ToString();
        }

        contained.ForEach(part => text.Append(part));
        return text.Append(end is null && words.Chance(0.8) ? words.Word() : "").Append(end).ToString();
    }

    private string Tail(StringBuilder text)
    {
        var file = text.Length > 0 && text[^1] == '.' ? words.Word() : words.FileName();
        return words.Chance(0.75) ? file : $"{words.Word()}/{file}";
    }

    private string MissStart(string value, string? now, TextShape shape)
    {
        var rest = now is not null && now.StartsWith(value, StringComparison.Ordinal) ? now[value.Length..] : words.Word();
        return words.Random.Next(4) switch
        {
            0 when shape == TextShape.Path => "/" + words.Word() + value + rest,
            1 => Alike(value.TrimEnd('/'), shape) + (value.EndsWith('/') ? "/" : "") + rest,
            2 when shape == TextShape.Arguments => $"{words.Word()} {value}{rest}",
            _ => Fresh(shape),
        };
    }

    private string MissPattern(string now, TextShape shape) => words.Random.Next(4) switch
    {
        0 when shape == TextShape.Path => "/" + words.Word() + now,
        1 when shape == TextShape.Path => Directory(Directory(now)) + "/" + words.Word() + "/" + words.FileName(),
        2 when shape == TextShape.Path => Directory(now) + words.Letters(1) + "/" + now[(now.LastIndexOf('/') + 1)..],
        _ => Fresh(shape),
    };

    // Another file beside it, or another name of the list's kind.
    private string Sibling(string value, TextShape shape) =>
        shape == TextShape.Path && value.StartsWith('/') ? $"{Directory(value)}/{words.FileName()}" : Fresh(shape);

    /// <summary>The text with a letter added, taken away or changed.</summary>
    public string Alike(string value, TextShape shape)
    {
        if (value.Length == 0)
        {
            return Fresh(shape);
        }

        var at = words.Random.Next(value.Length);
        return words.Random.Next(5) switch
        {
            0 => value + words.Letters(1),
            1 => value + words.Pick(["2", "-" + words.Word(), ".bak", "_old", "d", "s"]),
            2 when value.Length > 3 => value.Remove(at, 1),
            3 => value.Insert(at, words.Letters(1)),
            _ => value[..at] + words.Letters(1) + value[(at + 1)..],
        };
    }

    private string Distort(string now, string value)
    {
        var at = now.IndexOf(value, StringComparison.OrdinalIgnoreCase);
        return at < 0 || value.Length == 0 ? words.FilePath()
            : words.Chance(0.5) ? now[..at] + now[(at + value.Length)..]
            : now[..at] + Alike(value, TextShape.Other) + now[(at + value.Length)..];
    }

    private string Case(Atom atom, string text) =>
        atom.Node.Operator == CompareOperator.IContains && words.Chance(0.25) ? words.Chance(0.5) ? text.ToUpperInvariant() : text.ToLowerInvariant() : text;

    private string? Last(List<Atom> atoms, CompareOperator op) =>
        atoms.Where(a => a.Node.Operator == op).Select(a => words.Pick(a.Values)).MaxBy(v => v.Length);

    private static bool HasFile(string path) => path[(path.LastIndexOf('/') + 1)..].Contains('.', StringComparison.Ordinal);

    private static string Directory(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";
}
