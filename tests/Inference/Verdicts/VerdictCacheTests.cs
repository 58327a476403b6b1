using FsCheck;
using FsCheck.Fluent;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Tests.Support;
using Syscribe.Inference.Verdicts;

namespace Syscribe.Inference.Tests.Verdicts;

public sealed class VerdictCacheTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repeated_behaviour_is_judged_once_and_counted()
    {
        var cache = new VerdictCache(new());

        var first = await cache.GetOrAskAsync(Key(1), _ => new(Judged(3)), Token);
        var again = await cache.GetOrAskAsync(Key(1), _ => throw new InvalidOperationException("asked again"), Token);

        Assert.Equal((3, 1L, false), (first.Answer.Index, first.Count, first.FromCache));
        Assert.Equal((3, 2L, true), (again.Answer.Index, again.Count, again.FromCache));
        Assert.Equal(new VerdictCacheCounters(1, 0, 1, 0, 0, 0, 1), cache.Counters);
    }

    [Fact]
    public async Task Another_model_is_asked_again()
    {
        var cache = new VerdictCache(new());
        await cache.GetOrAskAsync(new VerdictKey(1, "old"), _ => new(Judged(3)), Token);

        Assert.Equal(0, (await cache.GetOrAskAsync(new VerdictKey(1, "new"), _ => new(Judged(0)), Token)).Answer.Index);
    }

    [Fact]
    public async Task A_hundred_copies_in_flight_cost_one_inference()
    {
        var cache = new VerdictCache(new());
        var answer = new TaskCompletionSource<Answer>();
        var asked = 0;
        var waiting = Enumerable.Range(0, 100).Select(_ => cache.GetOrAskAsync(Key(1), _ => { asked++; return new(answer.Task); }, Token).AsTask()).ToArray();

        answer.SetResult(Judged(2));
        var verdicts = await Task.WhenAll(waiting);

        Assert.Equal(1, asked);
        Assert.All(verdicts, verdict => Assert.Equal(2, verdict.Answer.Index));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), verdicts.Select(v => v.Count).Order());
        Assert.Equal(1, verdicts.Count(v => !v.FromCache));
        Assert.Equal(new VerdictCacheCounters(0, 99, 1, 0, 0, 0, 1), cache.Counters);
    }

    [Fact]
    public async Task A_failure_reaches_all_who_wait_and_is_not_kept()
    {
        var cache = new VerdictCache(new());
        var answer = new TaskCompletionSource<Answer>();
        var waiting = Enumerable.Range(0, 5).Select(_ => cache.GetOrAskAsync(Key(1), _ => new(answer.Task), Token).AsTask()).ToArray();

        answer.SetException(new InferenceException(InferenceFailure.Deadline, "late"));

        Assert.All(waiting, task => Assert.Throws<InferenceException>(() => task.GetAwaiter().GetResult()));
        Assert.Equal(1, (await cache.GetOrAskAsync(Key(1), _ => new(Judged(1)), Token)).Answer.Index);
        Assert.Equal(1, cache.Counters.Failed);
    }

    [Fact]
    public async Task The_first_caller_giving_up_does_not_take_the_answer_from_the_others()
    {
        var cache = new VerdictCache(new());
        var answer = new TaskCompletionSource<Answer>();
        using var cancel = new CancellationTokenSource();
        var flight = CancellationToken.None;
        var first = cache.GetOrAskAsync(Key(1), token => { flight = token; return new(answer.Task); }, cancel.Token).AsTask();
        var second = cache.GetOrAskAsync(Key(1), _ => throw new InvalidOperationException("asked again"), Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Assert.False(flight.IsCancellationRequested);
        answer.SetResult(Judged(4));
        Assert.Equal(4, (await second).Answer.Index);
    }

    [Fact]
    public async Task The_last_caller_giving_up_stops_the_inference_and_a_later_one_starts_anew()
    {
        var cache = new VerdictCache(new());
        using var cancel = new CancellationTokenSource();
        var flight = CancellationToken.None;
        var only = cache.GetOrAskAsync(Key(1), async token => { flight = token; await Task.Delay(Timeout.Infinite, token); return Judged(0); }, cancel.Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);

        Assert.True(flight.IsCancellationRequested);
        Assert.Equal(5, (await cache.GetOrAskAsync(Key(1), _ => new(Judged(5)), Token)).Answer.Index);
    }

    [Fact]
    public async Task A_verdict_expires_by_age_counted_from_its_answer()
    {
        var time = new ManualTime();
        var cache = new VerdictCache(new() { TimeToLive = TimeSpan.FromMinutes(10) }, time);
        await cache.GetOrAskAsync(Key(1), _ => new(Judged(1)), Token);

        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(1, (await cache.GetOrAskAsync(Key(1), _ => new(Judged(2)), Token)).Answer.Index);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await cache.GetOrAskAsync(Key(1), _ => new(Judged(2)), Token)).Answer.Index);
        Assert.Equal(1, cache.Counters.Expired);
    }

    [Fact]
    public void It_behaves_as_a_list_ordered_by_use_does() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
            Gen.Choose(1, 8).ToArbitrary(), Gen.ArrayOf(Gen.Choose(0, 15)).ToArbitrary(), (capacity, keys) =>
            {
                var cache = new VerdictCache(new() { Capacity = capacity });
                var model = new List<int>();
                var (hits, misses, evicted) = (0, 0, 0);
                foreach (var key in keys)
                {
                    var expected = model.Remove(key);
                    model.Add(key);
                    if (model.Count > capacity)
                    {
                        model.RemoveAt(0);
                        evicted++;
                    }

                    hits += expected ? 1 : 0;
                    misses += expected ? 0 : 1;
                    var verdict = cache.GetOrAskAsync(Key((ulong)key), _ => new(Judged(key)), CancellationToken.None).AsTask().GetAwaiter().GetResult();
                    if (verdict.FromCache != expected || verdict.Answer.Index != key)
                    {
                        return false;
                    }
                }

                return cache.Counters == new VerdictCacheCounters(hits, 0, misses, 0, evicted, 0, model.Count);
            }));

    [Fact]
    public async Task Callers_on_many_threads_get_the_verdict_of_their_own_key()
    {
        var cache = new VerdictCache(new() { Capacity = 50 });
        const int Callers = 4, Lookups = 2000;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < Lookups; i++)
            {
                var key = random.Next(100);
                var verdict = await cache.GetOrAskAsync(Key((ulong)key), async _ => { await Task.Yield(); return Judged(key); }, Token);
                Assert.Equal(key, verdict.Answer.Index);
            }
        })));

        var counters = cache.Counters;
        Assert.Equal(Callers * Lookups, counters.Hits + counters.Shared + counters.Misses);
        Assert.InRange(counters.Entries, 1, 50);
    }

    private static VerdictKey Key(ulong signature) => new(signature, "fa4e");

    private static Answer Judged(int index) => new()
    {
        Index = index, Text = "", Score = 0, ModelDigest = "fa4e", PromptTokens = 0, DecodedTokens = 0, ForcedTokens = 0, Latency = default,
    };
}
