using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Text;
using Syscribe.Inference.Verdicts;

namespace Syscribe.Inference.Suspects;

/// <summary>What became of one suspect.</summary>
/// <param name="Verdict">The model's answer, and how it came.</param>
/// <param name="Alert">The alert to raise; null where the answer is harmless or its score below the threshold.</param>
/// <param name="Signature">The event's behaviour.</param>
public readonly record struct Judgement(Verdict Verdict, KnownAlert? Alert, ulong Signature);

/// <summary>Judges suspects: verdict cache, and for a new behaviour the model. Thread safe.</summary>
public sealed class SuspectJudge
{
    private readonly IInferenceEngine _engine;
    private readonly VerdictCache _cache;
    private readonly KnownAnswers _answers;
    private readonly double _threshold;

    /// <param name="engine">The model.</param>
    /// <param name="cache">Its verdicts.</param>
    /// <param name="threshold">Lowest score of an alert, 0 to 1; 0 (default) takes the model's word.</param>
    /// <exception cref="FormatException">The model's answers are not of the form of <see cref="KnownAnswers"/>.</exception>
    public SuspectJudge(IInferenceEngine engine, VerdictCache cache, double threshold = 0)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 1);
        _engine = engine;
        _cache = cache;
        _threshold = threshold;
        _answers = KnownAnswers.Parse(engine.Answers, engine.AnswerRules);
    }

    /// <summary>Judges <paramref name="e"/>, which is read before the first wait and may be reused once this returns its task.</summary>
    /// <exception cref="InferenceException">No answer, and why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<Judgement> JudgeAsync(SyscallEvent e, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(e);
        var signature = BehaviourSignature.Of(e);
        var verdict = await _cache.GetOrAskAsync(
            new VerdictKey(signature, _engine.ModelDigest), token => _engine.AskAsync(ToText.Render(e), token), cancellationToken);
        return new Judgement(verdict, AlertOf(verdict.Answer), signature);
    }

    // A freely generated text is no known alert: nobody may raise what a prompt made up.
    private KnownAlert? AlertOf(Answer answer) =>
        answer.IsAlert && answer.Score >= _threshold ? _answers.Alert(answer.Index) : null;
}
