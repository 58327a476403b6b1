using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Text;
using Syscribe.Inference.Verdicts;
using Syscribe.Rules;

namespace Syscribe.Inference.Suspects;

/// <summary>What became of one suspect.</summary>
/// <param name="Verdict">The model's answer, and how it came.</param>
/// <param name="Alert">The alert to raise; null where the answer is harmless or the event contradicts it.</param>
/// <param name="Signature">The event's behaviour.</param>
/// <param name="IsContradicted">Whether the answer is an alert that the event contradicts, see <see cref="AnswerCheck"/>.</param>
public readonly record struct Judgement(Verdict Verdict, KnownAlert? Alert, ulong Signature, bool IsContradicted);

/// <summary>
/// Judges suspects: verdict cache, for a new behaviour the model, and of its alerts those that the event does not contradict.
/// Thread safe.
/// </summary>
public sealed class SuspectJudge
{
    private readonly IInferenceEngine _engine;
    private readonly VerdictCache _cache;
    private readonly KnownAnswers _answers;
    private volatile AnswerCheck _check;
    private RuleSet _rules;

    /// <param name="engine">The model.</param>
    /// <param name="cache">Its verdicts.</param>
    /// <param name="rules">The rules in force, with which its alerts are checked.</param>
    /// <exception cref="FormatException">The model's answers are not of the form of <see cref="KnownAnswers"/>.</exception>
    public SuspectJudge(IInferenceEngine engine, VerdictCache cache, RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(cache);
        _engine = engine;
        _cache = cache;
        _answers = KnownAnswers.Parse(engine.Answers, engine.AnswerRules);
        _rules = rules;
        _check = new AnswerCheck(rules, _answers);
    }

    /// <summary>The rules in force; new ones hold from the next event on.</summary>
    public RuleSet Rules
    {
        get => _rules;
        set => (_check, _rules) = (new AnswerCheck(value, _answers), value);
    }

    /// <summary>The model's alerts that no rule in force checks.</summary>
    public IReadOnlyList<KnownAlert> Unchecked => [.. _check.Unchecked.Select(_answers.Alert).OfType<KnownAlert>()];

    /// <summary>Judges <paramref name="e"/>, which is read before the first wait and may be reused once this returns its task.</summary>
    /// <exception cref="InferenceException">No answer, and why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<Judgement> JudgeAsync(SyscallEvent e, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(e);
        var signature = BehaviourSignature.Of(e);
        var asked = _cache.GetOrAskAsync(
            new VerdictKey(signature, _engine.ModelDigest), token => _engine.AskAsync(ToText.Render(e), token), cancellationToken);
        if (asked.IsCompletedSuccessfully)
        {
            // Most suspects are known to be harmless, and cost no check.
            var known = asked.Result;
            return Judged(known, known.Answer.IsAlert ? _check.Allowed(e) : [], signature);
        }

        var allowed = _check.Allowed(e);
        return Judged(await asked, allowed, signature);
    }

    // A freely generated text is no known alert: nobody may raise what a prompt made up.
    private Judgement Judged(Verdict verdict, IReadOnlyList<int> allowed, ulong signature)
    {
        var answer = verdict.Answer;
        var stands = allowed.Contains(answer.Index);
        return new Judgement(verdict, answer.IsAlert && stands ? _answers.Alert(answer.Index) : null, signature, answer.IsAlert && !stands);
    }
}
