using Syscribe.Rules;

namespace Syscribe.Training.Data;

/// <summary>
/// Events that training has not seen: other seeds, the other half of the words, held-out calls. Texts are as served, without
/// augmentation.
/// </summary>
internal sealed class EvaluationSets(DataSource source, DataOptions options)
{
    private const string UnseenKey = "quux_dir";
    private const int SeedDistance = 1_000_003;

    private readonly Dictionary<string, List<Example>> _sets = new(StringComparer.Ordinal);

    /// <summary>Examples by the name of their file.</summary>
    public IReadOnlyDictionary<string, List<Example>> Make()
    {
        var words = new Vocabulary(new Random(options.Seed + SeedDistance), half: 1) { Rules = source.Words, Work = source.Recorded.TestWork };
        var sampler = source.NewSampler(words);
        Pairs(sampler, words);
        Misses(sampler, words);
        Ordinary(sampler);
        foreach (var example in Set("seen").Concat(Set("near-miss")).ToList())
        {
            var line = TextLine.Parse(example.Text);
            line.Insert(1 + words.Random.Next(line.Fields.Count - 1), UnseenKey, "\"\\x3cd\\x3e/srv/data\"");
            Set("extra-key").Add(example with { Text = line.ToString() });
        }

        Alphabet();
        Families();
        return _sets;
    }

    // The same intents, by a trained call and by one that training never names.
    private void Pairs(RuleSampler sampler, Vocabulary words)
    {
        var paired = 0;
        for (var round = 0; Set("seen").Count < options.Test || (paired < options.Test && round < options.Test); round++)
        {
            foreach (var rule in source.Rules)
            {
                if (sampler.Positive(rule) is not { } positive)
                {
                    continue;
                }

                var seen = (source.Of(positive.Sample, ExampleKind.Positive, rule.Name), positive.Sample);
                Set("seen").Add(Asked(seen));
                if (Twin(sampler, words, positive.Sample) is { } twin)
                {
                    Set("unseen").Add(Asked(seen, twin));
                    paired++;
                }

                if (Invented(sampler, words, positive.Sample) is { } invented)
                {
                    Set("invented").Add(Asked(seen, invented));
                }
            }

            if (round > 20 && paired == 0)
            {
                return;
            }
        }
    }

    private void Misses(RuleSampler sampler, Vocabulary words)
    {
        for (var round = 0; Set("near-miss").Count < options.Test || (Set("near-miss-unseen").Count < options.Test && round < 200); round++)
        {
            foreach (var rule in source.Rules)
            {
                if (sampler.NearMiss(rule) is not { Rule: null } miss)
                {
                    continue;
                }

                var seen = (source.Missed(miss, rule), miss);
                Set("near-miss").Add(Asked(seen));
                if (Twin(sampler, words, miss) is { } twin)
                {
                    Set("near-miss-unseen").Add(Asked(seen, twin));
                }
            }

            if (round > options.Test)
            {
                return;
            }
        }
    }

    private void Ordinary(RuleSampler sampler)
    {
        Set("benign").AddRange(Spread(source.Recorded.Test));
        Set("benign-unseen").AddRange(Spread(source.Recorded.Unseen));
        while (Set("benign").Count < 2 * options.Test)
        {
            Set("benign").Add(Asked(source.Ordinary(sampler)));
        }
    }

    private void Alphabet()
    {
        var words = new Vocabulary(new Random(options.Seed + (2 * SeedDistance)), half: 1) { Alphabet = Vocabulary.UnknownAlphabet, Rules = source.Words, Work = source.Recorded.TestWork };
        var sampler = source.NewSampler(words);
        var order = new RoundRobin<Rule>(source.Rules);
        while (Set("alphabet").Count < options.Test)
        {
            Set("alphabet").Add(Asked(words.Chance(0.6) ? source.Positive(sampler, order) : source.NearMiss(sampler, order)));
        }
    }

    // Calls of families of which training names none, for the rules that training learns by other calls: of the rest it never
    // saw an alert.
    private void Families()
    {
        var learned = Set("seen").Select(example => example.Rule).ToHashSet(StringComparer.Ordinal);
        var words = new Vocabulary(new Random(options.Seed + (3 * SeedDistance)), half: 1) { Rules = source.Words, Work = source.Recorded.TestWork };
        var sampler = source.NewUnboundSampler(words);
        var calls = CallFamilies.All.Select(family => family.Seen.Concat(family.Kin)).Where(family => family.All(source.Untrained.Contains)).SelectMany(family => family).ToHashSet();
        for (var round = 0; calls.Count > 0 && Set("family").Count < options.Test && round < options.Test; round++)
        {
            foreach (var rule in source.Rules.Where(rule => learned.Contains(rule.Name)))
            {
                if (sampler.Positive(rule) is { } positive && calls.Contains(positive.Sample.Draft.Call))
                {
                    Set("family").Add(Asked((source.Of(positive.Sample, ExampleKind.Positive, rule.Name), positive.Sample)));
                }
            }
        }
    }

    // From all of a recording and not its first seconds.
    private IEnumerable<Example> Spread(IReadOnlyList<Example> recorded)
    {
        var step = Math.Max(1, recorded.Count / Math.Max(1, options.Test));
        return recorded.Where((_, i) => i % step == 0).Take(options.Test);
    }

    private Sample? Twin(RuleSampler sampler, Vocabulary words, Sample sample)
    {
        if (CallFamilies.Of(sample.Draft.Call) is not { } family)
        {
            return null;
        }

        var unseen = family.Kin.Concat(family.Seen).Where(source.Untrained.Contains).ToArray();
        if (unseen.Length == 0 || CallFamilies.Twin(sample.Draft, words.Pick(unseen)) is not { } twin)
        {
            return null;
        }

        var made = new Sample(twin, sample.Rule, sampler.Render(twin.ToEvent()));

        // What keeps the rule from matching may be nothing that the other call tells, as a result that a ring has not yet.
        return sample.Hit is { } hit && hit.Call == sample.Draft.Call && CallFamilies.Twin(hit, twin.Call) is { } hitTwin && sampler.Render(hitTwin.ToEvent()) == made.Text
            ? null
            : made;
    }

    // By a call that no kernel has yet.
    private static Sample? Invented(RuleSampler sampler, Vocabulary words, Sample sample) =>
        CallFamilies.Of(sample.Draft.Call) is { } family && CallFamilies.Twin(sample.Draft, words.Pick(family.Invented)) is { } twin
            ? new Sample(twin, sample.Rule, sampler.Render(twin.ToEvent()))
            : null;

    private Example Asked((Example Example, Sample Sample) made) =>
        made.Example with { Allowed = source.Check.Allowed(made.Sample.Draft.ToEvent()) };

    // The same by another call.
    private Example Asked((Example Example, Sample) made, Sample twin) =>
        Asked((made.Example with { Text = twin.Text, Call = twin.Draft.Call }, twin));

    private List<Example> Set(string name)
    {
        if (!_sets.TryGetValue(name, out var set))
        {
            _sets[name] = set = [];
        }

        return set;
    }
}
