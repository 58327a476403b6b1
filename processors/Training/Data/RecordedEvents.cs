using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Text;
using Syscribe.Inference.Verdicts;
using Syscribe.Rules;

namespace Syscribe.Training.Data;

/// <summary>Events of recorded captures that no rule matches: of each behaviour a few, each text once.</summary>
internal sealed class RecordedEvents(AnswerCheck check)
{
    // One in this many behaviours is kept for the evaluation and never trained.
    private const int TestShare = 8;

    // A behaviour's events differ in names that the signature leaves out and the model sees.
    private const int MostOfOne = 12;

    private readonly List<Example> _training = [];
    private readonly List<Example> _test = [];
    private readonly List<Example> _unseen = [];
    private readonly RecordedWork _trainingWork = new();
    private readonly RecordedWork _testWork = new();
    private readonly List<Rule> _matches = [];
    private readonly byte[] _buffer = new byte[ToText.MaxBytes];

    /// <summary>What training may use.</summary>
    public IReadOnlyList<Example> Training => _training;

    /// <summary>What the evaluation alone uses.</summary>
    public IReadOnlyList<Example> Test => _test;

    /// <summary>Events of calls that training does not name, for the evaluation.</summary>
    public IReadOnlyList<Example> Unseen => _unseen;

    /// <summary>Processes and paths of what training may use.</summary>
    public RecordedWork TrainingWork => _trainingWork;

    /// <summary>Processes and paths of the evaluation's.</summary>
    public RecordedWork TestWork => _testWork;

    /// <summary>Events that were read.</summary>
    public int Read { get; private set; }

    /// <summary>Events left out because a rule matches them.</summary>
    public int Matched { get; private set; }

    /// <summary>Events left out because they are a scenario's.</summary>
    public int Staged { get; private set; }

    /// <summary>Events left out because their call is not trained.</summary>
    public int Untrained { get; private set; }

    /// <summary>Reads files as the agent's <c>record</c> writes them.</summary>
    /// <exception cref="EventFileException">A file is no event file, or damaged.</exception>
    public static RecordedEvents Load(IEnumerable<string> files, RuleSet rules, IReadOnlySet<string> untrained, AnswerCheck check)
    {
        var recorded = new RecordedEvents(check);
        var seen = new Dictionary<ulong, HashSet<string>>();
        foreach (var file in files)
        {
            using var reader = new SyscallEventFileReader(file);
            recorded.Add(reader, rules, untrained, seen);
        }

        return recorded;
    }

    private void Add(SyscallEventFileReader reader, RuleSet rules, IReadOnlySet<string> untrained, Dictionary<ulong, HashSet<string>> seen)
    {
        var e = new SyscallEvent();
        while (reader.Read(e))
        {
            Read++;
            var signature = BehaviourSignature.Of(e);
            if (!seen.TryGetValue(signature, out var texts))
            {
                seen[signature] = texts = new HashSet<string>(StringComparer.Ordinal);
            }

            if (texts.Count == MostOfOne || !texts.Add(Render(e)))
            {
                continue;
            }

            Keep(e, signature % TestShare == 0, rules, untrained);
        }
    }

    private void Keep(SyscallEvent e, bool isTest, RuleSet rules, IReadOnlySet<string> untrained)
    {
        rules.Evaluate(e, _matches);
        if (_matches.Count > 0)
        {
            Matched++;
            return;
        }

        (isTest ? _testWork : _trainingWork).Add(e);
        if (RecordedWork.IsStaged(e))
        {
            // A model that took these for ordinary would take the next scenario for ordinary, too.
            Staged++;
            return;
        }

        var call = e.Type.ToString();
        if (!untrained.Contains(call))
        {
            (isTest ? _test : _training).Add(Of(e, isTest));
            return;
        }

        Untrained++;
        if (isTest)
        {
            _unseen.Add(Of(e, isTest));
        }
        else if (CallFamilies.Of(call) is { } family && Array.Find(family.Seen, seen => !untrained.Contains(seen)) is { } trained)
        {
            // The same work by the call that is trained.
            e.Type = Utf8.From(trained);
            rules.Evaluate(e, _matches);
            if (_matches.Count == 0)
            {
                _training.Add(Of(e, isTest));
            }
        }
    }

    private Example Of(SyscallEvent e, bool isTest)
    {
        var call = e.Type.ToString();
        return new Example(Render(e), 0, ExampleKind.Benign, "", call, call, Allowed: isTest ? check.Allowed(e) : null);
    }

    private string Render(SyscallEvent e) => Encoding.ASCII.GetString(_buffer, 0, ToText.Write(e, _buffer));
}
