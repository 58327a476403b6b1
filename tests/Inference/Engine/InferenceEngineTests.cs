using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Tests.Support;

namespace Syscribe.Inference.Tests.Engine;

public sealed class InferenceEngineTests
{
    private static readonly EngineOptions Defaults = new() { MaxPending = 32 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void However_prompts_are_batched_each_gets_the_answer_it_gets_alone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Loads.ToArbitrary(), load =>
            RunAsync(load).GetAwaiter().GetResult()));

    private static readonly Gen<Load> Loads =
        from prompts in Gen.NonEmptyListOf(from length in Gen.Choose(1, 60) from seed in Gen.Choose(0, 999) select Prompt(length, seed))
        from sequences in Gen.Choose(1, 6)
        from batch in Gen.Choose(1, 80)
        from pending in Gen.Choose(1, 12)
        from cells in Gen.Choose(160, 500)
        from share in Gen.Elements(true, false)
        from skip in Gen.Elements(true, false)
        from failEvery in Gen.Choose(0, 9)
        select new Load([.. prompts], sequences, batch, pending, cells, share, skip, failEvery);

    [Fact]
    public async Task An_answer_carries_what_became_of_its_prompt()
    {
        await using var engine = InferenceEngine.Start(new FakeModel(), Defaults);

        var answer = await engine.AskAsync("call=execve"u8.ToArray(), Token);

        Assert.Equal(engine.Answers[answer.Index], answer.Text);
        Assert.Equal("fa4e", answer.ModelDigest);
        Assert.Equal(1 + "Is this bad? call=execve Answer: ".Length, answer.PromptTokens);
        Assert.InRange(answer.Score, 0, 1);
        Assert.InRange(answer.DecodedTokens, 0, "Critical Shell ".Length); // up to the last branch
        Assert.InRange(answer.ForcedTokens, answer.Text.Length - 2, answer.Text.Length);
        Assert.True(answer.Latency > TimeSpan.Zero);
    }

    [Fact]
    public async Task An_explained_answer_shows_what_the_model_was_asked_and_with_which_probabilities()
    {
        await using var engine = InferenceEngine.Start(new FakeModel(), Defaults with { Explain = true });

        var answer = await engine.AskAsync("call=execve"u8.ToArray(), Token);

        Assert.Equal(["C", "N", "W"], answer.Choices[0].Select(choice => choice.Text).Order());
        Assert.All(answer.Choices, branch => Assert.Equal(1, branch.Sum(choice => choice.Probability), 9));
        Assert.All(answer.Choices, branch => Assert.True(branch[0].IsTaken && branch.Skip(1).All(choice => !choice.IsTaken && choice.Probability >= 0)));
        Assert.StartsWith(answer.Choices[0][0].Text, answer.Text, StringComparison.Ordinal);
        Assert.Equal(1 - answer.Choices[0].Single(choice => choice.Text == "N").Probability, answer.Score, 9);
        Assert.Equal("Is this bad? call=execve Answer: ", string.Concat(engine.PromptPieces("call=execve"u8)));
        Assert.Equal(answer.PromptTokens, engine.PromptPieces("call=execve"u8).Count);
    }

    [Fact]
    public async Task The_instruction_is_computed_once_when_shared()
    {
        long[] prefill = new long[2];
        foreach (var share in (bool[])[true, false])
        {
            await using var engine = InferenceEngine.Start(new FakeModel(), Defaults with { SharePrefix = share });
            await AskAllAsync(engine, 10);
            prefill[share ? 1 : 0] = engine.Counters.PrefillTokens;
        }

        var instruction = 1 + "Is this bad? ".Length;
        Assert.Equal(prefill[0] - (9 * instruction), prefill[1]);
    }

    [Fact]
    public async Task Prompts_run_together_and_join_while_others_are_running()
    {
        var model = new FakeModel { MaxBatchTokens = 16 };
        await using var engine = InferenceEngine.Start(model, Defaults);

        await AskAllAsync(engine, 40);

        Assert.InRange(model.MostSequences, 2, 8);
        Assert.Equal(16, model.LargestBatch);
        Assert.Equal(40, engine.Counters.Answered);
        Assert.Equal(0, engine.Counters.Running);
    }

    [Fact]
    public async Task A_caller_beyond_the_capacity_waits_and_loses_nothing()
    {
        using var gate = new ManualResetEventSlim();
        var model = new FakeModel { BeforeDecode = _ => Pass(gate) };
        gate.Set();
        await using var engine = InferenceEngine.Start(model, Defaults with { MaxPending = 4 });
        gate.Reset();

        var asked = Enumerable.Range(0, 20).Select(i => engine.AskAsync(Prompt(20, i), Token).AsTask()).ToArray();
        Assert.DoesNotContain(asked, task => task.IsCompleted);
        Assert.InRange(engine.Counters.Running, 0, 4);
        gate.Set();
        var answers = await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(20, answers.Length);
        Assert.Equal(20, engine.Counters.Answered);
        Assert.Equal(0, engine.Counters.Pending);
    }

    [Fact]
    public async Task A_slow_model_loses_no_request()
    {
        var pause = new ManualResetEventSlim();
        var model = new FakeModel { MaxSequences = 4, BeforeDecode = _ => { pause.Wait(1); return DecodeResult.Ok; } };
        await using var engine = InferenceEngine.Start(model, Defaults with { MaxPending = 8 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => engine.AskAsync(Prompt(30, i), Token).AsTask()));

        Assert.Equal(300, answers.Length);
        Assert.All(Enumerable.Range(0, 300), i => Assert.Equal(Alone(Prompt(30, i), model), answers[i].Index));
        Assert.Equal((300L, 300L, 0L), (engine.Counters.Asked, engine.Counters.Answered, engine.Counters.Pending));
    }

    [Fact]
    public async Task Cancelling_one_request_leaves_the_others_alone()
    {
        using var gate = new ManualResetEventSlim(initialState: true);
        var model = new FakeModel { BeforeDecode = _ => Pass(gate) };
        await using var engine = InferenceEngine.Start(model, Defaults with { MaxPending = 6 });
        gate.Reset();
        using var cancel = new CancellationTokenSource();

        // Some run, some are queued, some wait for a slot; every third is given up.
        var asked = Enumerable.Range(0, 30)
            .Select(i => engine.AskAsync(Prompt(25, i), i % 3 == 0 ? cancel.Token : Token).AsTask()).ToArray();
        await cancel.CancelAsync();
        foreach (var i in Enumerable.Range(0, 30).Where(i => i % 3 == 0))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked[i]);
        }

        gate.Set();
        foreach (var i in Enumerable.Range(0, 30).Where(i => i % 3 != 0))
        {
            Assert.Equal(Alone(Prompt(25, i), model), (await asked[i].WaitAsync(TimeSpan.FromSeconds(30), Token)).Index);
        }

        Assert.Equal((30L, 20L, 10L), (engine.Counters.Asked, engine.Counters.Answered, engine.Counters.Cancelled));
        await AskAllAsync(engine, 12); // every slot and sequence is free again
    }

    [Fact]
    public async Task A_request_past_its_deadline_fails_at_that_time_and_the_rest_go_on()
    {
        using var gate = new ManualResetEventSlim(initialState: true);
        var time = new ManualTime();
        await using var engine = InferenceEngine.Start(
            new FakeModel { BeforeDecode = _ => Pass(gate) }, Defaults with { Deadline = TimeSpan.FromSeconds(5) }, time);
        gate.Reset();
        var early = Enumerable.Range(0, 3).Select(i => engine.AskAsync(Prompt(10, i), Token).AsTask()).ToArray();
        time.Advance(TimeSpan.FromSeconds(4));
        var late = engine.AskAsync(Prompt(10, 9), Token).AsTask();

        time.Advance(TimeSpan.FromSeconds(2));

        foreach (var task in early)
        {
            var e = await Assert.ThrowsAsync<InferenceException>(() => task);
            Assert.Equal((InferenceFailure.Deadline, true), (e.Failure, e.IsTransient));
        }

        gate.Set();
        await late.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal((3L, 1L), (engine.Counters.Failed[InferenceFailure.Deadline], engine.Counters.Answered));
    }

    [Fact]
    public async Task Waiting_for_a_slot_does_not_count_towards_the_deadline()
    {
        using var gate = new ManualResetEventSlim(initialState: true);
        var time = new ManualTime();
        await using var engine = InferenceEngine.Start(
            new FakeModel { BeforeDecode = _ => Pass(gate) }, Defaults with { Deadline = TimeSpan.FromSeconds(5), MaxPending = 1 }, time);
        gate.Reset();
        var holder = engine.AskAsync(Prompt(10, 1), Token).AsTask();
        var waiter = engine.AskAsync(Prompt(10, 2), Token).AsTask();

        time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<InferenceException>(() => holder);
        gate.Set();

        Assert.Equal(Alone(Prompt(10, 2), new FakeModel()), (await waiter.WaitAsync(TimeSpan.FromSeconds(30), Token)).Index);
    }

    [Fact]
    public async Task A_prompt_that_cannot_be_computed_fails_alone_with_its_reason()
    {
        var model = new FakeModel { BeforeDecode = batch => batch.Tokens.Contains((int)'!') ? DecodeResult.Failed : DecodeResult.Ok };
        await using var engine = InferenceEngine.Start(model, Defaults);

        var asked = Enumerable.Range(0, 20)
            .Select(i => engine.AskAsync(i % 5 == 0 ? "bad! and more"u8.ToArray() : Prompt(20, i), Token).AsTask()).ToArray();

        for (var i = 0; i < asked.Length; i++)
        {
            if (i % 5 == 0)
            {
                var e = await Assert.ThrowsAsync<InferenceException>(() => asked[i]);
                Assert.Equal(InferenceFailure.Decode, e.Failure);
                Assert.Contains("told to fail", e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("bad!", e.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(Alone(Prompt(20, i), model), (await asked[i]).Index);
            }
        }

        Assert.Equal(4, engine.Counters.Failed[InferenceFailure.Decode]);
        Assert.True(engine.Counters.Retries > 0);
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_says_how_long_it_may_be()
    {
        await using var engine = InferenceEngine.Start(new FakeModel(), Defaults with { MaxPromptTokens = 50 });

        var e = await Assert.ThrowsAsync<InferenceException>(async () => await engine.AskAsync(Prompt(100, 1), Token));

        Assert.Equal(InferenceFailure.PromptTooLong, e.Failure);
        Assert.Contains("123 tokens", e.Message, StringComparison.Ordinal);
        Assert.Contains("allow 50", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_completes_every_request_and_frees_the_model()
    {
        using var gate = new ManualResetEventSlim(initialState: true);
        var model = new FakeModel { BeforeDecode = _ => Pass(gate) };
        var engine = InferenceEngine.Start(model, Defaults with { MaxPending = 4 });
        gate.Reset();
        var asked = Enumerable.Range(0, 10).Select(i => engine.AskAsync(Prompt(10, i), Token).AsTask()).ToArray();

        var stopped = engine.DisposeAsync();
        foreach (var task in asked)
        {
            Assert.Equal(InferenceFailure.Stopped, (await Assert.ThrowsAsync<InferenceException>(() => task)).Failure);
        }

        gate.Set();
        await stopped;
        Assert.True(model.IsDisposed);
        Assert.Equal(InferenceFailure.Stopped, (await Assert.ThrowsAsync<InferenceException>(async () => await engine.AskAsync("x"u8.ToArray(), Token))).Failure);
    }

    [Fact]
    public async Task A_model_that_throws_fails_all_requests_with_its_reason()
    {
        var calls = 0;
        var model = new FakeModel { BeforeDecode = _ => Interlocked.Increment(ref calls) > 1 ? throw new InvalidDataException("broken weights") : DecodeResult.Ok };
        await using var engine = InferenceEngine.Start(model, Defaults);

        var asked = Enumerable.Range(0, 20).Select(i => engine.AskAsync(Prompt(60, i), Token).AsTask()).ToArray();

        foreach (var task in asked)
        {
            var e = await Assert.ThrowsAsync<InferenceException>(() => task);
            Assert.Equal((InferenceFailure.Model, false), (e.Failure, e.IsTransient));
            Assert.Contains("broken weights", e.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => engine.Ended);
    }

    [Fact]
    public async Task Free_generation_ends_at_the_end_token_and_is_fit_for_a_log()
    {
        var text = "Shell\n\u001b[31m"u8.ToArray();
        var start = 1 + "Is this bad? x Answer: ".Length;
        var model = new FakeModel
        {
            LogitsOf = cells =>
            {
                var logits = new float[FakeModel.Vocabulary];
                logits[cells.Count - start < text.Length ? text[cells.Count - start] : FakeModel.End] = 9;
                return logits;
            },
        };
        await using var engine = InferenceEngine.Start(model, Defaults with { Mode = AnswerMode.Free });

        var answer = await engine.AskAsync("x"u8.ToArray(), Token);

        Assert.Equal((@"Shell\u000a\u001b[31m", -1), (answer.Text, answer.Index));
        Assert.InRange(answer.Score, 0.9, 1);
    }

    [Fact]
    public void A_template_without_place_for_the_event_is_refused_and_the_model_freed()
    {
        var model = new FakeModel { PromptTemplate = "no place" };
        Assert.Throws<FormatException>(() => InferenceEngine.Start(model, Defaults));
        Assert.True(model.IsDisposed);
    }

    [Fact]
    public void Wrong_options_are_all_named()
    {
        var options = new EngineOptions { Mode = (AnswerMode)7, Threshold = 2, MaxPending = 0, MaxPromptTokens = 1, MaxAnswerTokens = 0, Deadline = TimeSpan.Zero };

        var e = Assert.Throws<ArgumentException>(() => InferenceEngine.Start(new FakeModel(), options));

        Assert.StartsWith(
            "Engine options: Mode is 7; allowed are Known and Free; Threshold is 2; allowed are 0 to 1; MaxPending is 0; allowed are 1 to 65536; MaxPromptTokens is 1; allowed are 16 and up; "
            + "MaxAnswerTokens is 0; allowed are 1 to 4096; Deadline is 00:00:00; it must be more than 0.",
            e.Message,
            StringComparison.Ordinal);
    }

    private static DecodeResult Pass(ManualResetEventSlim gate)
    {
        Assert.True(gate.Wait(TimeSpan.FromSeconds(30)));
        return DecodeResult.Ok;
    }

    private static byte[] Prompt(int length, int seed)
    {
        var random = new Random(seed);
        return Encoding.ASCII.GetBytes(string.Create(length, random, (span, r) =>
        {
            foreach (ref var c in span)
            {
                c = (char)r.Next('a', 'z' + 1);
            }
        }));
    }

    private static async Task AskAllAsync(InferenceEngine engine, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => engine.AskAsync(Prompt(20, i), Token).AsTask()))
            .WaitAsync(TimeSpan.FromSeconds(30), Token);

    // The answer by the definition: token by token over the whole text, no engine involved.
    private static int Alone(byte[] prompt, FakeModel model)
    {
        List<int> cells = [FakeModel.Begin, .. "Is this bad? "u8.ToArray(), .. prompt, .. " Answer: "u8.ToArray()];
        var open = model.Answers.Select((text, index) => (Index: index, Tokens: (int[])[.. Encoding.UTF8.GetBytes(text), FakeModel.End])).ToList();
        var harmless = 1.0;
        for (var at = 0; open.Count > 1; at++)
        {
            var logits = FakeModel.Hashed(cells);
            var tokens = open.Select(answer => answer.Tokens[at]).Distinct().ToList();
            var best = tokens.MaxBy(token => logits[token]);
            if (open[0].Index == 0 && tokens.Count > 1)
            {
                harmless *= Math.Exp(logits[tokens[0]]) / tokens.Sum(token => Math.Exp(logits[token]));
                best = 1 - harmless < EngineOptions.DefaultThreshold ? tokens[0] : tokens.Skip(1).MaxBy(token => logits[token]);
            }

            open.RemoveAll(answer => answer.Tokens[at] != best);
            cells.Add(best);
        }

        return open[0].Index;
    }

    private static async Task<bool> RunAsync(Load load)
    {
        var steps = 0;
        var model = new FakeModel
        {
            MaxSequences = load.Sequences,
            MaxBatchTokens = load.Batch,
            ContextTokens = load.Cells,
            BeforeDecode = _ => load.FailEvery > 1 && ++steps % load.FailEvery == 0 && steps > 100 / load.Batch ? DecodeResult.Failed : DecodeResult.Ok,
        };
        await using var engine = InferenceEngine.Start(
            model, new EngineOptions { MaxPending = load.Pending, SharePrefix = load.Share, SkipForcedTokens = load.Skip });
        var answers = await Task.WhenAll(load.Prompts.Select(prompt => OutcomeAsync(engine, prompt)))
            .WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        return answers.Zip(load.Prompts).All(pair => pair.First == -1 ? load.FailEvery > 1 : pair.First == Alone(pair.Second, model))
            && engine.Counters.Pending == 0;
    }

    private static async Task<int> OutcomeAsync(InferenceEngine engine, byte[] prompt)
    {
        try
        {
            return (await engine.AskAsync(prompt, CancellationToken.None)).Index;
        }
        catch (InferenceException e) when (e.Failure == InferenceFailure.Decode)
        {
            return -1;
        }
    }

    private sealed record Load(byte[][] Prompts, int Sequences, int Batch, int Pending, int Cells, bool Share, bool Skip, int FailEvery);
}
