using Syscribe.Inference.Engine;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Tests.Support;
using Syscribe.Inference.Tests.Text;
using Syscribe.Inference.Verdicts;
using Syscribe.Rules;
using static Syscribe.Inference.Tests.Support.Samples;

namespace Syscribe.Inference.Tests.Suspects;

public sealed class SuspectJudgeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_behaviour_costs_one_inference_and_alerts_each_time()
    {
        await using var engine = InferenceEngine.Start(Preferring('C'), new EngineOptions());
        var judge = new SuspectJudge(engine, new VerdictCache(new()), TestRules.Opens);

        var judgements = await Task.WhenAll(Enumerable.Range(1, 50).Select(pid => judge.JudgeAsync(
            Open($"/proc/{pid}/mem", Process() with { Pid = pid }), Token).AsTask()));

        Assert.Equal(1, engine.Counters.Answered);
        Assert.All(judgements, judgement => Assert.Equal(Priority.Critical, judgement.Alert?.Priority));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), judgements.Select(judgement => judgement.Verdict.Count).Order());
    }

    [Fact]
    public async Task A_harmless_answer_raises_nothing()
    {
        await using var engine = InferenceEngine.Start(Preferring('N'), new EngineOptions());

        var judgement = await new SuspectJudge(engine, new VerdictCache(new()), TestRules.Opens).JudgeAsync(Open(), Token);

        Assert.Null(judgement.Alert);
        Assert.InRange(judgement.Verdict.Answer.Score, 0, 0.1);
    }

    [Fact]
    public async Task An_alert_whose_rule_the_event_contradicts_is_not_raised()
    {
        var answers = KnownAnswers.From(TestRules.Opens);
        await using var engine = InferenceEngine.Start(Preferring('W'), new EngineOptions { Answers = answers.Texts, AnswerRules = answers.Rules });
        var judge = new SuspectJudge(engine, new VerdictCache(new()), TestRules.Opens);
        var (shadow, hosts) = (Open("/etc/shadow"), Open("/etc/hosts"));
        (shadow.Type, hosts.Type) = (U("openat5"), U("openat5"));

        var raised = await judge.JudgeAsync(shadow, Token);
        var contradicted = await judge.JudgeAsync(hosts, Token);

        Assert.Equal(("Shadow opened", false), (raised.Alert?.Rule, raised.IsContradicted));
        Assert.Equal((null, true), (contradicted.Alert, contradicted.IsContradicted));
        Assert.True(contradicted.Verdict.Answer.IsAlert);
        Assert.Empty(judge.Unchecked);

        judge.Rules = TestRules.Default;
        Assert.Equal("Shadow opened", Assert.Single(judge.Unchecked).Rule);
        Assert.NotNull((await judge.JudgeAsync(hosts, Token)).Alert);
    }

    [Fact]
    public async Task The_event_may_be_reused_at_once()
    {
        await using var engine = InferenceEngine.Start(new FakeModel(), new EngineOptions());
        var cache = new VerdictCache(new());
        var judge = new SuspectJudge(engine, cache, TestRules.Opens);
        var e = Open("/etc/shadow");
        var text = ToTextTests.RenderText(e);
        var pending = judge.JudgeAsync(e, Token).AsTask();
        e.Clear();

        var alone = await engine.AskAsync(System.Text.Encoding.ASCII.GetBytes(text), Token);

        Assert.Equal(alone.Text, (await pending).Verdict.Answer.Text);
    }

    [Fact]
    public async Task A_failure_is_not_remembered()
    {
        var fail = true;
        await using var engine = InferenceEngine.Start(
            new FakeModel { BeforeDecode = batch => fail && batch.Sequences[0] != 0 ? DecodeResult.Failed : DecodeResult.Ok }, new EngineOptions());
        var judge = new SuspectJudge(engine, new VerdictCache(new()), TestRules.Opens);

        var e = await Assert.ThrowsAsync<InferenceException>(async () => await judge.JudgeAsync(Open(), Token));
        Assert.Equal(InferenceFailure.Decode, e.Failure);
        fail = false;

        Assert.False((await judge.JudgeAsync(Open(), Token)).Verdict.FromCache);
    }

    // Every answer of this letter gets most of the probability wherever answers part.
    private static FakeModel Preferring(char first) => new()
    {
        LogitsOf = _ =>
        {
            var logits = new float[FakeModel.Vocabulary];
            logits[first] = 5;
            return logits;
        },
    };
}
