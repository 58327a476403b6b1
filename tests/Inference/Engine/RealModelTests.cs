using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Tests.Support;

namespace Syscribe.Inference.Tests.Engine;

/// <summary>The engine on libllama and exact arithmetic, with a small model of random weights and with the one that ships.</summary>
public sealed class RealModelTests
{
    private const int Prompts = 64;

    private static readonly byte[][] Texts = [.. Samples.Texts(Prompts).Select(Encoding.ASCII.GetBytes)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true, 8)]
    [InlineData(true, false, 8)]
    [InlineData(false, true, 8)]
    [InlineData(true, true, 3)]
    public async Task Batched_answers_are_those_of_one_prompt_at_a_time(bool share, bool skip, int sequences)
    {
        var options = TestModels.Exact(TestModels.Tiny);
        var alone = await AskAsync(options with { MaxSequences = 1 }, new EngineOptions { SharePrefix = false, SkipForcedTokens = false });
        var batched = await AskAsync(options with { MaxSequences = sequences }, new EngineOptions { SharePrefix = share, SkipForcedTokens = skip });

        Assert.Equal(alone.Select(a => a.Text), batched.Select(a => a.Text));
        Assert.All(alone.Zip(batched), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
        Assert.True(alone.Select(a => a.Index).Distinct().Count() >= 3, "the model of this test decides nothing");
    }

    [Fact]
    public async Task The_model_that_ships_answers_batched_as_it_does_one_prompt_at_a_time()
    {
        var options = TestModels.Exact(TestModels.Shipped);
        var alone = await AskAsync(options with { MaxSequences = 1 }, new EngineOptions { SharePrefix = false, SkipForcedTokens = false });
        var batched = await AskAsync(options, new EngineOptions());

        Assert.Equal(alone.Select(a => a.Text), batched.Select(a => a.Text));
        Assert.All(alone.Zip(batched), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-3));
    }

    [Fact]
    public async Task Batched_free_generation_is_that_of_one_prompt_at_a_time_token_for_token()
    {
        var options = TestModels.Exact(TestModels.Tiny);
        var free = new EngineOptions { Mode = AnswerMode.Free, MaxAnswerTokens = 24 };
        var alone = await AskAsync(options with { MaxSequences = 1 }, free with { SharePrefix = false });
        var batched = await AskAsync(options, free);

        Assert.Equal(alone.Select(a => a.Text), batched.Select(a => a.Text));
        Assert.True(alone.Select(a => a.Text).Distinct().Count() >= 3, "the model of this test decides nothing");
    }

    [Fact]
    public async Task A_context_smaller_than_the_work_serves_it_in_turns()
    {
        var options = TestModels.Exact(TestModels.Tiny) with { ContextTokens = 512, MaxBatchTokens = 64 };
        var alone = await AskAsync(TestModels.Exact(TestModels.Tiny) with { MaxSequences = 1 }, new EngineOptions());

        var cramped = await AskAsync(options, new EngineOptions());

        Assert.Equal(alone.Select(a => a.Text), cramped.Select(a => a.Text));
    }

    private static async Task<Answer[]> AskAsync(LlamaModelOptions model, EngineOptions options)
    {
        await using var engine = InferenceEngine.Start(options with { Model = model });
        return await Task.WhenAll(Texts.Select(text => engine.AskAsync(text, Token).AsTask()));
    }
}
