using Syscribe.Events;
using Syscribe.Inference.Text;
using Syscribe.Rules;
using System.Text;

namespace Syscribe.Training.Data;

/// <summary>An event with the rule engine's word on it.</summary>
/// <param name="Draft">What it is.</param>
/// <param name="Rule">The first matching rule; null for none.</param>
/// <param name="Text">Its rendering, as served.</param>
/// <param name="Broken">Of a near miss, the keys whose values differ from those of the event that the rule matches, joined by commas.</param>
/// <param name="Hit">Of a near miss, the event that the rule matches.</param>
internal sealed record Sample(Draft Draft, Rule? Rule, string Text, string? Broken = null, Draft? Hit = null);

/// <summary>
/// Events for which a rule holds, and events for which it just does not. The rule engine decides which is which: what it
/// does not confirm is drawn again.
/// </summary>
internal sealed class RuleSampler(RuleSet rules, Background background, IReadOnlySet<string> untrained)
{
    private const int Attempts = 40;

    private readonly FieldSetter _setter = new(background);
    private readonly string[] _classicCalls = [.. CallFamilies.All.Select(family => family.Seen[0]).Where(call => !untrained.Contains(call))];
    private readonly List<Rule> _matches = [];
    private readonly byte[] _buffer = new byte[ToText.MaxBytes];

    public Vocabulary Words => background.Words;

    /// <summary>What did not become an example, by reason.</summary>
    public Dictionary<string, int> Dropped { get; } = new(StringComparer.Ordinal);

    /// <summary>An event whose first matching rule is <paramref name="rule"/>, and the way in which it matches; null where none was found.</summary>
    public (Sample Sample, List<Atom> Path)? Positive(Rule rule)
    {
        for (var i = 0; i < Attempts; i++)
        {
            var path = ConditionPaths.Draw(rule.Condition, Words.Random);
            if (Draw(path) is not { } draft)
            {
                Drop("contradiction");
                continue;
            }

            var sample = Label(draft);
            if (sample.Rule == rule)
            {
                return (sample, path);
            }

            Drop(sample.Rule is null ? "not confirmed" : "another rule first");
        }

        return null;
    }

    /// <summary>
    /// An event that differs from a positive one in one respect that decides. Mostly no rule matches it; where another one does, that
    /// one is its label. Null where none was found.
    /// </summary>
    public Sample? NearMiss(Rule rule)
    {
        for (var i = 0; i < Attempts; i++)
        {
            if (Positive(rule) is not { } positive)
            {
                return null;
            }

            var draft = positive.Sample.Draft.Clone();
            var atom = Deciding(positive.Path);
            var isCall = atom.Field is "evt.type" or "syscall.type" || Words.Chance(0.12);
            if (isCall)
            {
                SwapCall(draft);
            }
            else if (!_setter.Break(draft, atom))
            {
                continue;
            }

            var sample = Label(draft);
            if (sample.Rule == rule)
            {
                Drop("still matches");
            }
            else if (sample.Text == positive.Sample.Text)
            {
                Drop("difference not visible");
            }
            else
            {
                return sample with { Broken = string.Join(',', TextLine.Difference(positive.Sample.Text, sample.Text)), Hit = positive.Sample.Draft };
            }
        }

        return null;
    }

    /// <summary>An ordinary event of <paramref name="call"/>, whatever the rules say of it.</summary>
    public Sample Ordinary(string call) => Label(background.Make(call));

    /// <summary>Asks the engine.</summary>
    public Sample Label(Draft draft)
    {
        var e = draft.ToEvent();
        rules.Evaluate(e, _matches);
        return new Sample(draft, _matches.Count > 0 ? _matches[0] : null, Render(e));
    }

    /// <summary>The event's text.</summary>
    public string Render(SyscallEvent e) => Encoding.ASCII.GetString(_buffer, 0, ToText.Write(e, _buffer));

    // Long lists of exceptions are drawn more often: each of their names has to be learnt.
    private Atom Deciding(List<Atom> path)
    {
        static double Weight(Atom atom) => atom.Holds ? 1 : Math.Clamp(atom.Values.Count / 6.0, 1, 6);
        var at = Words.Random.NextDouble() * path.Sum(Weight);
        foreach (var atom in path)
        {
            at -= Weight(atom);
            if (at <= 0)
            {
                return atom;
            }
        }

        return path[^1];
    }

    private Draft? Draw(List<Atom> path)
    {
        var fields = path.GroupBy(atom => atom.Field).OrderBy(group => FieldSetter.Rank(group.Key)).ToList();
        if (CallOf(fields.Find(group => group.Key is "evt.type" or "syscall.type")) is not { } call)
        {
            return null;
        }

        var draft = background.Make(call);
        draft.Return = Words.Chance(0.1) ? -1 - Words.Random.Next(133) : 0; // Where the rule asks for success, it is set below.
        foreach (var group in fields.Where(group => group.Key is not ("evt.type" or "syscall.type" or "")))
        {
            if (!_setter.Satisfy(draft, group.Key, [.. group]))
            {
                return null;
            }
        }

        AddLayer(draft);
        return draft;
    }

    // On overlayfs the agent says in which layer an opened file is; no rule here reads it.
    private void AddLayer(Draft draft)
    {
        if (draft.Flags.Contains("_LAYER", StringComparison.Ordinal) || !Words.Chance(draft.Container is null ? 0.05 : 0.4))
        {
            return;
        }

        var layer = Words.Chance(0.6) ? "FD_UPPER_LAYER" : "FD_LOWER_LAYER";
        draft.Flags = draft.Call == "creat" ? $"{layer}_CREAT"
            : draft.Flags.StartsWith("O_", StringComparison.Ordinal) ? $"{draft.Flags}|{layer}"
            : draft.Flags;
    }

    // One call that all conditions on the type allow, and that training may name.
    private string? CallOf(IGrouping<string, Atom>? atoms)
    {
        var wanted = atoms?.Where(atom => atom.Holds && atom.IsExact).ToList() ?? [];
        if (wanted.Count == 0)
        {
            return Words.Pick(HarmlessCalls.All);
        }

        var excluded = atoms!.Where(atom => !atom.Holds).SelectMany(atom => atom.Values); // Not empty, as wanted is not.
        var calls = wanted.Skip(1).Aggregate(wanted[0].Values.AsEnumerable(), (left, atom) => left.Intersect(atom.Values))
            .Except(excluded).Where(call => !untrained.Contains(call)).ToList();
        return calls.Count == 0 ? null : Words.Pick(calls);
    }

    // A harmless call with the same fields, one in three of them spelt like this one, or a registered one of another family.
    private void SwapCall(Draft draft)
    {
        draft.Call = Words.Random.Next(8) switch
        {
            < 2 => Words.Pick(HarmlessCalls.Like(draft.Call)),
            < 6 => Words.Pick(HarmlessCalls.All),
            _ => Words.Pick(_classicCalls),
        };
        draft.Path2 ??= draft.Call is "rename" or "link" or "symlink" ? Words.FilePath() : null;
        draft.Path ??= HarmlessCalls.TakesPath(draft.Call) || CallFamilies.Of(draft.Call) is not null ? Words.FilePath() : null;
        if (draft.Call == "open" && draft.Flags.Length == 0)
        {
            draft.Flags = "O_RDONLY|O_CLOEXEC";
        }
    }

    private void Drop(string reason) => Dropped[reason] = Dropped.GetValueOrDefault(reason) + 1;
}
