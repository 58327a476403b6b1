using System.Text.RegularExpressions;
using Syscribe.Rules;
using Syscribe.Training.Data;

namespace Syscribe.Training.Tests.Data;

public sealed class DataSourceTests
{
    private static readonly RuleSet Rules = DefaultRules.Load();

    private static readonly DataOptions Held = new() { Seed = 7, Examples = 6000, HoldOut = CallFamilies.DefaultHoldOut };

    [Fact]
    public void Every_rule_has_positives_and_near_misses()
    {
        var examples = new DataSource(Rules, Held).Training().ToList();

        Assert.Equal(Names(), examples.Where(e => e.Kind == ExampleKind.Positive).Select(e => e.Rule).Distinct().Order());
        Assert.Equal(Names(), examples.Where(e => e.Kind == ExampleKind.NearMiss).Select(e => e.Rule).Distinct().Order());
    }

    [Fact]
    public void No_training_example_names_a_call_that_is_held_out()
    {
        var source = new DataSource(Rules, Held);
        var calls = source.Training().Select(e => TextLine.Parse(e.Text)["call"]).Distinct().ToList();

        // A call of the kernel's table may contain another's name, as readlinkat does; an invented one may not.
        var invented = calls.Except(HarmlessCalls.All).Except(source.RegisteredCalls).ToList();

        Assert.True(invented.Count > 1000, $"{invented.Count} invented names");
        foreach (var held in source.Untrained)
        {
            Assert.DoesNotContain(held, calls);
            Assert.DoesNotContain(invented, call => call.Contains(held, StringComparison.Ordinal) || held.Contains(call, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_examples_and_another_one_others()
    {
        var options = Held with { Examples = 500 };

        Assert.Equal(new DataSource(Rules, options).Training(), new DataSource(Rules, options).Training());
        Assert.NotEqual(new DataSource(Rules, options).Training(), new DataSource(Rules, options with { Seed = 8 }).Training());
    }

    [Fact]
    public void Answers_are_those_of_the_rule_engine()
    {
        var source = new DataSource(Rules, Held);
        var sampler = source.NewSampler(new Vocabulary(new Random(3), half: 0));
        var matches = new List<Rule>();
        foreach (var rule in source.Rules)
        {
            var positive = sampler.Positive(rule) ?? throw new InvalidOperationException($"no event for {rule}");
            Rules.Evaluate(positive.Sample.Draft.ToEvent(), matches);

            Assert.Equal([rule], matches);
            Assert.Equal($"{rule.Priority} {rule.Output.Text}", source.Answers.Texts[source.Of(positive.Sample, ExampleKind.Positive, rule.Name).Answer]);
        }
    }

    [Fact]
    public void A_near_miss_names_the_rule_and_the_keys_that_break_it()
    {
        var source = new DataSource(Rules, Held);
        var sampler = source.NewSampler(new Vocabulary(new Random(4), half: 0));
        var missed = source.Rules.Select(rule => (Rule: rule, Miss: sampler.NearMiss(rule))).Where(pair => pair.Miss is { Rule: null }).ToList();

        // Of a few, another rule matches what just misses the first.
        Assert.InRange(missed.Count, source.Rules.Count * 3 / 4, source.Rules.Count);
        foreach (var (rule, miss) in missed)
        {
            var example = source.Missed(miss!, rule);
            Assert.Equal($"{rule.Priority} {rule.Output.Text}", source.Answers.Texts[example.Missed]);
            Assert.All(example.Broken!.Split(','), key => Assert.True(TextLine.Parse(example.Text).Has(key), example.Broken));
            Assert.False(example.Checked && example.Broken == "call", example.Text);
        }

        Assert.Contains(missed, pair => source.Missed(pair.Miss!, pair.Rule).Checked);
    }

    [Fact]
    public void Ids_are_new_in_each_example_and_the_same_throughout_it()
    {
        var words = new Vocabulary(new Random(1), half: 0);
        var augmenter = new Augmenter(words, new NamePerturber(words, new HashSet<string>(), new HashSet<string>()));
        const string Text = "call=open res=ok exe=/var/lib/work/3fa94c01d2ab/tool args=\"-c /var/lib/work/3fa94c01d2ab/x /tmp/tmp.aB3dE9xYz0/y feedbeef\" fd=file path=/etc/ld.so.cache flags=O_RDONLY text=x";

        var lines = Enumerable.Range(0, 50).Select(_ => TextLine.Parse(augmenter.Apply(Text, "open").Text)).ToList();

        var ids = lines.Select(line => line["exe"].Split('/')[4]).ToList();
        Assert.Equal(50, ids.Distinct().Count());
        Assert.All(lines.Zip(ids), pair => Assert.Contains($"/var/lib/work/{pair.Second}/x", pair.First["args"], StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain("aB3dE9xYz0", line["args"], StringComparison.Ordinal));
        Assert.All(lines, line => Assert.EndsWith("feedbeef\"", line["args"], StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Equal("/etc/ld.so.cache", line["path"]));
    }

    [Theory]
    [InlineData("call=init_module res=ok proc=tool fd=- path=- flags=- text=-", true)]
    [InlineData("call=execve res=ok proc=tool fd=- path=- flags=- text=-", false)]
    [InlineData("call=rename res=ok proc=tool fd=- path=/etc/app path2=/etc/b flags=- text=-", false)]
    public void An_event_without_path_and_descriptor_is_shown_with_both_at_times(string text, bool isShown)
    {
        var words = new Vocabulary(new Random(1), half: 0);
        var augmenter = new Augmenter(words, new NamePerturber(words, new HashSet<string>(), new HashSet<string>())) { Renamed = 0 };

        var path = TextLine.Parse(text)["path"];
        var lines = Enumerable.Range(0, 300).Select(_ => TextLine.Parse(augmenter.Apply(text, TextLine.Parse(text)["call"]).Text)).ToList();

        Assert.Equal(isShown, lines.Exists(line => line["fd"] == "file" && line["path"] != path));
        Assert.True(lines.Count(line => line["path"] == path) > 200);
    }

    [Fact]
    public void A_name_with_an_f_before_it_mostly_comes_with_a_descriptor()
    {
        var words = new Vocabulary(new Random(1), half: 0);
        var augmenter = new Augmenter(words, new NamePerturber(words, new HashSet<string>(), new HashSet<string>())) { Renamed = 1 };

        var lines = Enumerable.Range(0, 2000).Select(_ => TextLine.Parse(augmenter.Apply("call=init_module res=ok proc=tool fd=- path=- flags=- text=-", "init_module").Text)).ToList();

        Assert.InRange(Shown(line => line["call"].StartsWith('f')), 0.4, 0.7);
        Assert.InRange(Shown(line => !line["call"].StartsWith('f')), 0.02, 0.2);

        double Shown(Func<TextLine, bool> which) => lines.Where(which).Average(line => line["fd"] == "file" ? 1.0 : 0);
    }

    // What was seen live and alerted on by no model that had never seen it in an alert.
    [Theory]
    [InlineData("Kernel module load attempted", " res=[0-9]")]
    [InlineData("Shell startup file changed", "call=creat .*flags=FD_UPPER_LAYER_CREAT")]
    [InlineData("Root identity taken by setuid", " up=[^=]*memfd:")]
    public void Alerts_hold_failed_attempts_and_layers_and_ancestors_from_memory(string rule, string pattern) =>
        Assert.Contains(
            new DataSource(Rules, Held with { Examples = 20_000 }).Training(),
            example => example.Answer > 0 && example.Rule == rule && Regex.IsMatch(example.Text, pattern));

    [Fact]
    public void A_family_that_is_held_out_is_named_by_the_evaluation_alone()
    {
        var options = Held with { Examples = 2000, Test = 40, HoldOut = [.. CallFamilies.Named("family:link"), .. CallFamilies.Named("family:dup")] };
        var source = new DataSource(Rules, options);
        string[] calls = ["link", "linkat", "io_uring.linkat", "dup", "dup2", "dup3"];

        Assert.DoesNotContain(source.Training(), example => calls.Contains(example.Origin) || calls.Contains(example.Call));

        // No rule on dup names another call, so that training has none of its alerts.
        var asked = new EvaluationSets(source, options).Make()["family"].Select(example => example.Call);
        Assert.Equal(["link", "linkat"], asked.Distinct().Order());
        Assert.Contains("family:chmod", Assert.Throws<FormatException>(() => CallFamilies.Named("family:sleep")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cat", "bash", "/etc/hosts", false)]
    [InlineData("Syscribe.Scenar", "bash", "/etc/hosts", true)]
    [InlineData("cat", "Syscribe.Scenar", "/etc/hosts", true)]
    [InlineData("cat", "bash", "/var/lib/syscribe-scenarios/1/work", true)]
    public void What_scenarios_did_is_no_ordinary_work(string program, string parent, string path, bool isStaged)
    {
        var e = new Draft { Call = "open", Path = path, Name = program, FdType = "file", Ancestors = { new DraftAncestor(parent, "/bin/" + parent, "") } }.ToEvent();

        Assert.Equal(isStaged, RecordedWork.IsStaged(e));
    }

    private static IEnumerable<string> Names() => Rules.Rules.Where(rule => rule.Enabled).Select(rule => rule.Name).Order();
}
