using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Tests.Support;
using Syscribe.Inference.Verdicts;
using static Syscribe.Inference.Tests.Support.Samples;

namespace Syscribe.Inference.Tests.Suspects;

public sealed class SuspectSelectorTests
{
    [Theory]
    [InlineData(Selection.None, Selection.None, Selection.None, Selection.None)]
    [InlineData(Selection.Unregistered, Selection.Unregistered, Selection.None, Selection.None)]
    [InlineData(Selection.Novel, Selection.Novel, Selection.Novel, Selection.None)]
    [InlineData(Selection.Unmatched, Selection.Unmatched, Selection.Unmatched, Selection.None)]
    [InlineData(Selection.All, Selection.All, Selection.All, Selection.All)]
    [InlineData(Selection.Default, Selection.Unregistered, Selection.Novel, Selection.None)]
    [InlineData(Selection.Default | Selection.All, Selection.Unregistered, Selection.Novel, Selection.All)]
    public void The_reason_depends_on_what_the_rules_know(Selection selection, Selection unnamed, Selection unmatched, Selection matched)
    {
        var rules = TestRules.Opens;
        var selector = new SuspectSelector(selection);

        Assert.Equal(unnamed, selector.Select(Call("openat9"), rules, matched: false, out var signature));
        Assert.Equal(unnamed != Selection.None, signature != 0);
        Assert.Equal(unmatched, selector.Select(Call("openat"), rules, matched: false, out _));
        Assert.Equal(matched, selector.Select(Call("openat"), rules, matched: true, out _));
        Assert.Equal(3, selector.Seen);
        Assert.Equal(new[] { unnamed, unmatched, matched }.Count(reason => reason != Selection.None), selector.Selected.Values.Sum());
    }

    [Fact]
    public void A_behaviour_is_novel_once_however_its_accidents_differ()
    {
        var selector = new SuspectSelector(Selection.Novel);
        var reasons = Enumerable.Range(1, 50).Select(pid => selector.Select(
            Open($"/proc/{pid}/status", Process() with { Pid = pid }), TestRules.Opens, matched: false, out _)).ToArray();

        Assert.Equal(Selection.Novel, reasons[0]);
        Assert.All(reasons.Skip(1), reason => Assert.Equal(Selection.None, reason));
    }

    [Fact]
    public void An_unregistered_behaviour_goes_again_after_a_while_of_event_time()
    {
        var selector = new SuspectSelector(repeat: TimeSpan.FromSeconds(10));
        Assert.True(Goes(second: 100));
        Assert.False(Goes(second: 109));
        Assert.True(Goes(second: 110));
        Assert.False(Goes(second: 119));
        Assert.Equal(2, selector.Selected[Selection.Unregistered]);

        bool Goes(long second)
        {
            var e = Call("openat9");
            e.TimeNs = second * 1_000_000_000;
            return selector.Select(e, TestRules.Opens, matched: false, out _) != Selection.None;
        }
    }

    [Fact]
    public void What_was_not_seen_for_long_is_novel_again_and_memory_is_bounded()
    {
        var selector = new SuspectSelector(Selection.Novel, capacity: 10);
        Assert.True(IsNovel(0));
        for (var i = 1; i < 5; i++)
        {
            Assert.True(IsNovel(i));
            Assert.False(IsNovel(0));
        }

        for (var i = 5; i < 40; i++)
        {
            Assert.True(IsNovel(i));
        }

        Assert.True(IsNovel(0));

        bool IsNovel(int i) => selector.Select(Call("call" + (char)('a' + i)), TestRules.Opens, matched: false, out _) == Selection.Novel;
    }

    [Fact]
    public void What_is_forgotten_is_novel_again()
    {
        var selector = new SuspectSelector(Selection.Novel);
        selector.Select(Open(), TestRules.Opens, matched: false, out _);
        selector.Forget();
        Assert.Equal(Selection.Novel, selector.Select(Open(), TestRules.Opens, matched: false, out _));
    }

    [Fact]
    public void The_signature_handed_on_is_the_event_s()
    {
        new SuspectSelector(Selection.All).Select(Open(), TestRules.Opens, matched: true, out var signature);
        Assert.Equal(BehaviourSignature.Of(Open()), signature);
    }

    [Fact]
    public void An_unregistered_behaviour_goes_each_time_or_once_in_the_time_given()
    {
        var each = new SuspectSelector(repeat: TimeSpan.Zero);
        var once = new SuspectSelector(repeat: TimeSpan.FromSeconds(1));
        double[] seconds = [0, 0.1, 0.999, 1, 1.5, 2.1];

        Assert.All(seconds, at => Assert.Equal(Selection.Unregistered, Select(each, "openat9", at)));
        Assert.Equal([0, 1, 2.1], seconds.Where(at => Select(once, "openat9", at) == Selection.Unregistered));
        Assert.Equal(3, once.Repeated);
        Assert.Equal(Selection.Unregistered, Select(once, "openat8", 2.2));
    }

    [Fact]
    public void While_the_model_is_behind_the_calls_of_a_program_take_turns_and_a_rare_one_gets_through()
    {
        var selector = new SuspectSelector(repeat: TimeSpan.Zero) { Pace = new SuspectPace { Judged = () => 0, Full = () => 40 } };
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Selection.Unregistered, Select(selector, "flood", i / 100.0));
        }

        var flood = Enumerable.Range(10, 90).Count(i => Select(selector, "flood", i / 100.0) != Selection.None);
        Assert.Equal(1, flood);
        Assert.Equal(Selection.Unregistered, Select(selector, "rare", 0.5));
        Assert.Equal(Selection.Unregistered, Select(selector, "flood", 12));
        Assert.Equal((13L, 89L), (selector.Chosen, selector.Shed));
    }

    [Fact]
    public void Before_a_model_that_stands_still_no_more_wait_than_may_and_what_is_left_out_stays_novel()
    {
        var judged = 0L;
        var selector = new SuspectSelector(Selection.Novel) { Pace = new SuspectPace { Judged = () => judged, Full = () => 8 } };
        for (var i = 0; i < 100; i++)
        {
            Select(selector, "call" + (char)('a' + (i % 20)), i);
        }

        Assert.Equal(8, selector.Chosen);
        judged = 8;
        Assert.Equal(Selection.None, Select(selector, "calla", 200));
        Assert.Equal(Selection.Novel, Select(selector, "callt", 201));
        judged = -1;
        Assert.Equal(Selection.None, Select(selector, "calls", 202));
    }

    [Fact]
    public void What_is_read_again_after_a_restart_finds_room_again()
    {
        var selector = new SuspectSelector { Pace = new SuspectPace { Judged = () => 0, Full = () => 8 } };
        for (var i = 0; i < 20; i++)
        {
            Select(selector, "call" + (char)('a' + i), i);
        }

        selector.Forget();
        Assert.Equal(Selection.Unregistered, Select(selector, "calla", 30));
    }

    private static Selection Select(SuspectSelector selector, string call, double seconds)
    {
        var e = Call(call);
        e.TimeNs = 1_700_000_000_000_000_000 + (long)(seconds * 1e9);
        return selector.Select(e, TestRules.Opens, matched: false, out _);
    }

    private static SyscallEvent Call(string name)
    {
        var e = Open();
        e.Type = U(name);
        return e;
    }
}
