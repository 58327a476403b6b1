using Syscribe.Inference.Suspects;
using Syscribe.Rules;

namespace Syscribe.Training.Data;

/// <summary>
/// Examples made out of rules. Each answer is what the rule engine says of the event before its text was changed. Deterministic:
/// the same rules, options and files give the same examples. Not thread safe.
/// </summary>
internal sealed class DataSource
{
    // Examples all of whose words are of another alphabet.
    private const double ForeignShare = 0.06;

    private readonly DataOptions _options;
    private readonly RuleSet _rules;
    private readonly Dictionary<Rule, int> _answers;
    private readonly HashSet<string> _untrained;
    private readonly string[] _ordinaryCalls;
    private readonly HashSet<string> _realCalls;

    public DataSource(RuleSet rules, DataOptions options)
    {
        _options = options;
        _rules = rules;
        Answers = KnownAnswers.From(rules);
        Check = new AnswerCheck(rules, Answers);
        var index = Answers.Texts.Select((text, i) => (text, i)).ToDictionary(pair => pair.text, pair => pair.i, StringComparer.Ordinal);
        Rules = [.. rules.Rules.Where(rule => rule.Enabled)];
        _answers = Rules.ToDictionary(rule => rule, rule => index[$"{rule.Priority} {rule.Output.Text}"]);
        var named = Rules.SelectMany(rule => rule.EventTypes ?? []).Where(type => type.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        _untrained = CallFamilies.Untrained(options.HoldOut, named);
        _ordinaryCalls = [.. HarmlessCalls.All.Concat(named).Distinct().Where(call => !_untrained.Contains(call))];
        _realCalls = [.. HarmlessCalls.All, .. named, .. CallFamilies.DefaultHoldOut, .. CallFamilies.Unrelated];
        RegisteredCalls = [.. named.Where(call => !_untrained.Contains(call) && (CallFamilies.Of(call) is not null || !HarmlessCalls.IsKnown(call)))];
        Words = new RuleWords(Rules);
        Recorded = RecordedEvents.Load(options.Benign, rules, _untrained, Check);
    }

    public KnownAnswers Answers { get; }

    /// <summary>What of the answers an event allows.</summary>
    public AnswerCheck Check { get; }

    public IReadOnlyList<Rule> Rules { get; }

    public IReadOnlyList<string> RegisteredCalls { get; }

    public RecordedEvents Recorded { get; }

    /// <summary>The words that the rules name.</summary>
    public RuleWords Words { get; }

    /// <summary>Calls that no training example names.</summary>
    public IReadOnlySet<string> Untrained => _untrained;

    public DataCard Card { get; } = new();

    /// <summary>The training examples.</summary>
    public IEnumerable<Example> Training()
    {
        var words = new Vocabulary(new Random(_options.Seed), half: 0) { Rules = Words, Work = Recorded.TrainingWork, Calls = _ordinaryCalls };
        var sampler = NewSampler(words);
        var names = new NamePerturber(words, _untrained, _realCalls);
        var augmenter = new Augmenter(words, names);
        var order = new RoundRobin<Rule>(Rules);
        var recorded = new RoundRobin<Example>(Shuffled(Recorded.Training, words.Random));
        for (var i = 0; i < _options.Examples; i++)
        {
            words.Alphabet = words.Chance(ForeignShare) ? words.Pick(Vocabulary.KnownAlphabets) : null;
            var share = words.Random.NextDouble();
            var example = share < _options.Positives ? Positive(sampler, order).Example
                : share < _options.Positives + _options.NearMisses ? NearMiss(sampler, order).Example
                : share > 1 - _options.Gibberish ? Gibberish(sampler, order, names)
                : recorded.Count > 0 && words.Chance(_options.Recorded) ? recorded.Next()
                : Ordinary(sampler).Example;
            if (example.Kind != ExampleKind.Gibberish)
            {
                var (text, call) = augmenter.Apply(example.Text, example.Call);
                example = example with { Text = text, Call = call };
            }

            Card.Add(example);
            yield return example;
        }

        Card.AddDropped(sampler.Dropped);
    }

    /// <summary>A sampler over words of its own.</summary>
    public RuleSampler NewSampler(Vocabulary words) => new(_rules, new Background(words), _untrained);

    /// <summary>A sampler that knows the calls which training must not name as well.</summary>
    public RuleSampler NewUnboundSampler(Vocabulary words) => new(_rules, new Background(words), new HashSet<string>());

    /// <summary>An example out of an event, labelled by the engine.</summary>
    public Example Of(Sample sample, ExampleKind kind, string rule) =>
        new(sample.Text, sample.Rule is null ? 0 : _answers[sample.Rule], kind, rule, sample.Draft.Call, sample.Draft.Call);

    /// <summary>An example out of an event that just misses a rule.</summary>
    public Example Missed(Sample sample, Rule rule) => Of(sample, ExampleKind.NearMiss, rule.Name) with
    {
        Missed = _answers[rule],
        Broken = sample.Broken,
        Checked = !Check.Allowed(CallFamilies.Unknown(sample.Draft).ToEvent()).Contains(_answers[rule]),
    };

    /// <summary>An event that the next rule matches.</summary>
    public (Example Example, Sample Sample) Positive(RuleSampler sampler, RoundRobin<Rule> order)
    {
        for (var tries = 0; tries < Rules.Count; tries++)
        {
            var rule = order.Next();
            if (sampler.Positive(rule) is { } positive)
            {
                return (Of(positive.Sample, ExampleKind.Positive, rule.Name), positive.Sample);
            }

            Card.Unsampled(rule.Name);
        }

        throw new InvalidOperationException("No event could be made for any rule; load rules whose calls are not all held out.");
    }

    /// <summary>An event that just misses the next rule; now and then another one matches it.</summary>
    public (Example Example, Sample Sample) NearMiss(RuleSampler sampler, RoundRobin<Rule> order)
    {
        for (var tries = 0; tries < Rules.Count; tries++)
        {
            var rule = order.Next();
            if (sampler.NearMiss(rule) is { } miss)
            {
                return (miss.Rule is null ? Missed(miss, rule) : Of(miss, ExampleKind.Positive, miss.Rule.Name), miss);
            }
        }

        throw new InvalidOperationException("No event could be made that just misses a rule; load rules whose calls are not all held out.");
    }

    /// <summary>A made event that no rule matches.</summary>
    public (Example Example, Sample Sample) Ordinary(RuleSampler sampler)
    {
        var words = sampler.Words;
        while (true)
        {
            var sample = sampler.Ordinary(words.Random.Next(10) switch
            {
                < 4 => words.Pick(_ordinaryCalls),
                < 6 => words.Pick(HarmlessCalls.Like(words.Pick(RegisteredCalls))),
                _ => words.Pick(RegisteredCalls),
            });
            if (sample.Rule is null)
            {
                return (Of(sample, ExampleKind.Benign, ""), sample);
            }
        }
    }

    private Example Gibberish(RuleSampler sampler, RoundRobin<Rule> order, NamePerturber names)
    {
        var words = sampler.Words;
        var basis = (words.Chance(0.7) ? Positive(sampler, order) : Ordinary(sampler)).Example;
        var line = TextLine.Parse(basis.Text);
        line["call"] = names.Gibberish();
        return basis with { Text = line.ToString(), Answer = 0, Kind = ExampleKind.Gibberish, Call = line["call"] };
    }

    private static List<T> Shuffled<T>(IReadOnlyList<T> items, Random random)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}

/// <summary>Items one after the other, over and over.</summary>
internal sealed class RoundRobin<T>(IReadOnlyList<T> items)
{
    private int _at;

    public int Count => items.Count;

    public T Next() => items[_at++ % items.Count];
}
